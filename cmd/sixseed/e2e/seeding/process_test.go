package seeding_test

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

// startProcess starts a program that runs until the test ends, and shows what it printed if the test failed.
func startProcess(t testing.TB, name string, command *exec.Cmd) process {
	t.Helper()
	output := new(bytes.Buffer)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL // no test, no seeder
	if err := command.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	p := process{pid: command.Process.Pid, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, output)
		}
	})
	return p
}

// use is what a process has used of the machine.
type use struct {
	cpu  time.Duration // user and system time since it began
	peak int64         // bytes of resident memory at most, since it began or begin was called
	own  int64         // bytes of resident memory that is no file's
}

// begin begins the peak of resident memory anew, and reads what the process has used until now.
func (p process) begin(t testing.TB) use {
	t.Helper()
	if err := os.WriteFile(p.file("clear_refs"), []byte("5"), 0); err != nil {
		t.Error(err)
	}
	return p.use(t)
}

// use reads what the process has used until now.
func (p process) use(t testing.TB) use {
	t.Helper()
	stat, statErr := os.ReadFile(p.file("stat"))
	status, statusErr := os.ReadFile(p.file("status"))
	cpu, cpuErr := cpuTime(string(stat))
	peak, peakErr := kilobytes(string(status), "VmHWM:")
	own, ownErr := kilobytes(string(status), "RssAnon:")
	if err := errors.Join(statErr, statusErr, cpuErr, peakErr, ownErr); err != nil {
		t.Errorf("read what process %d uses: %v", p.pid, err)
	}
	return use{cpu, peak, own}
}

func (p process) file(name string) string { return fmt.Sprintf("/proc/%d/%s", p.pid, name) }

// cpuTime reads utime and stime from the text of /proc/PID/stat, fields 14 and 15 in proc(5).
func cpuTime(stat string) (time.Duration, error) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux, whatever the kernel's own is
	_, after, found := strings.Cut(stat, ") ")
	fields := strings.Fields(after)
	if !found || len(fields) < 13 {
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

// kilobytes reads a size from the text of /proc/PID/status.
func kilobytes(status, key string) (int64, error) {
	_, after, _ := strings.Cut(status, key)
	line, _, _ := strings.Cut(after, "\n")
	size, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(line, "kB")), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read %s %w", key, err)
	}
	return size << 10, nil
}
