package seeding_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/rig"
)

// process is a seeder's process while it runs.
type process struct{ rig.Process }

// use is what a process has used of the machine.
type use struct {
	cpu  time.Duration // user and system time since it began
	peak int64         // bytes of resident memory at most, since it began or begin was called
	own  int64         // bytes of resident memory that is no file's
}

// begin begins the peak of resident memory anew, and reads what the process has used until now.
func (p process) begin(t testing.TB) use {
	t.Helper()
	if err := os.WriteFile(p.File("clear_refs"), []byte("5"), 0); err != nil {
		t.Error(err)
	}
	return p.use(t)
}

// use reads what the process has used until now.
func (p process) use(t testing.TB) use {
	t.Helper()
	status, statusErr := os.ReadFile(p.File("status"))
	cpu, cpuErr := p.CPU()
	peak, peakErr := kilobytes(string(status), "VmHWM:")
	own, ownErr := kilobytes(string(status), "RssAnon:")
	if err := errors.Join(statusErr, cpuErr, peakErr, ownErr); err != nil {
		t.Errorf("read what process %d uses: %v", p.PID, err)
	}
	return use{cpu, peak, own}
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
