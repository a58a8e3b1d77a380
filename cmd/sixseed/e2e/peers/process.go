package peers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// killDelay is how long a program that was asked to end may take before it is killed.
const killDelay = 5 * time.Second

// run runs a program to its end. When ctx ends first, the program and all that it started are ended. The error holds
// everything that was printed.
func run(ctx context.Context, program string, arguments ...string) error {
	var output bytes.Buffer
	if err := runInto(ctx, &output, program, arguments...); err != nil {
		return fmt.Errorf("%w; it printed:\n%s", err, &output)
	}
	return nil
}

// runInto is run with what is printed going to output.
func runInto(ctx context.Context, output io.Writer, program string, arguments ...string) error {
	command := Command(ctx, program, arguments...)
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	err := command.Wait()
	// What the program started may have outlived it. The group keeps its number as long as one process is in it.
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}

// Command returns a program to be started in a process group of its own and in a bare environment: no proxy for the
// trackers, no settings of whoever runs the tests. When ctx ends, the group gets SIGTERM, and five seconds later the
// program is killed.
func Command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LANG=C.UTF-8", "TERM=dumb"}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = killDelay
	return command
}
