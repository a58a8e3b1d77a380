package labs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a seeder's process while it runs.
type process struct {
	pid   int
	ended chan struct{} // closed when it is gone
}

// start starts a program on the host that runs until the test ends, and shows what it printed if the test failed or
// LAB_LOG is set.
func (h *host) start(t testing.TB, command *exec.Cmd) process {
	t.Helper()
	output := new(bytes.Buffer)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL // no test, no seeder
	if err := h.do(command.Start); err != nil {
		t.Fatalf("start %s: %v", command.Path, err)
	}
	p := process{pid: command.Process.Pid, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-p.ended
		if t.Failed() || os.Getenv("LAB_LOG") != "" {
			t.Logf("%s printed:\n%s", command.Path, output)
		}
	})
	return p
}

// cpu is the processor time that the process has used until now.
func (p process) cpu(t testing.TB) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	var used time.Duration
	if err == nil {
		used, err = cpuTime(string(stat))
	}
	if err != nil {
		t.Errorf("read the processor time of process %d: %v", p.pid, err)
	}
	return used
}

// cpuTime reads utime and stime from the text of /proc/PID/stat, fields 14 and 15 in proc(5).
func cpuTime(stat string) (time.Duration, error) {
	const tick = 10 * time.Millisecond                              // USER_HZ is 100 on Linux, whatever the kernel's own is
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:]) // the name before may hold anything
	if len(fields) < 13 {
		return 0, errors.New("too few fields")
	}
	var sum time.Duration
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ticks) * tick
	}
	return sum, nil
}
