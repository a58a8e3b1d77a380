package contest

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
)

// Process is a tracker that runs.
type Process struct {
	Address netip.AddrPort // where it listens
	pid     int
}

// NumWant is for how many peers to ask, so that those in an answer are 180 bytes.
func (p Process) NumWant() int {
	if p.Address.Addr().Is6() {
		return 180 / 18
	}
	return 180 / 6
}

// pinned returns a command that runs on the first cores.
func pinned(t testing.TB, cores int, program string, arguments ...string) *exec.Cmd {
	t.Helper()
	peers.Need(t, "taskset")
	list := "0-" + strconv.Itoa(cores-1)
	return peers.Command(t.Context(), "taskset", append([]string{"-c", list, program}, arguments...)...)
}

// start runs a command until the benchmark ends.
func start(t testing.TB, command *exec.Cmd) {
	t.Helper()
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Cancel()
		_ = command.Wait()
	})
}

// processorTime is what the process has used, in user mode and in the kernel.
func (p Process) processorTime(t testing.TB) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	used, err := parseStat(string(stat))
	if err != nil {
		t.Fatalf("processor time of process %d: %v", p.pid, err)
	}
	return used
}

// parseStat returns the processor time of a line of /proc/PID/stat; see proc(5).
func parseStat(stat string) (time.Duration, error) {
	const user, system, tick = 11, 12, 10 * time.Millisecond // USER_HZ is 100 wherever Go runs
	_, rest, _ := strings.Cut(stat, ") ")                    // the name before it may have blanks
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0, fmt.Errorf("%q ends too early", stat)
	}
	var ticks int
	for _, field := range []string{fields[user], fields[system]} {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}
