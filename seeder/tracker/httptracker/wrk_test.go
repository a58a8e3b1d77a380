package httptracker_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
)

// How long one tracker is asked before it is the other's turn, and how often that is.
const (
	wrkTurn  = time.Second
	wrkTurns = 5
)

// BenchmarkWrk has wrk ask this tracker and opentracker in turns, over a connection for every announce, each a process of
// its own on one core while wrk is on others. ratio is answers per second of processor time over opentracker's, which as
// Debian builds it knows IPv4 only, and is asked over that in all cases.
func BenchmarkWrk(b *testing.B) {
	for _, f := range family.All {
		b.Run(fmt.Sprintf("family=%v", f), func(b *testing.B) {
			if runtime.NumCPU() < 3 {
				b.Skip("one core and two for the load are more than there are")
			}
			peers.Need(b, "wrk")
			ours, theirs := startChild(b, f), startOpentracker(b)
			var sums [2]turn
			for b.Loop() {
				for range wrkTurns {
					for i, process := range []trackerProcess{ours, theirs} {
						sums[i].add(process.ask(b))
					}
				}
			}
			b.ReportMetric(0, "ns/op") // a loop has a fixed length
			b.ReportMetric(sums[0].perSecond(), "answers/s")
			b.ReportMetric(sums[0].perProcessorSecond(), "answers/cpu-s")
			b.ReportMetric(sums[1].perProcessorSecond(), "opentracker-answers/cpu-s")
			b.ReportMetric(sums[0].perProcessorSecond()/sums[1].perProcessorSecond(), "ratio")
		})
	}
}

// turn is what a tracker did while it was asked.
type turn struct {
	answers         int
	took, processor time.Duration
}

func (t *turn) add(other turn) {
	t.answers += other.answers
	t.took += other.took
	t.processor += other.processor
}

func (t *turn) perSecond() float64          { return float64(t.answers) / t.took.Seconds() }
func (t *turn) perProcessorSecond() float64 { return float64(t.answers) / t.processor.Seconds() }

// trackerProcess is a tracker that runs.
type trackerProcess struct {
	pid     int
	address string
	numWant int // whose answer has 180 bytes of peers
}

// ask has the tracker answer for one turn.
func (p trackerProcess) ask(b *testing.B) turn {
	b.Helper()
	wrk := peers.Command(b.Context(), "taskset", "-c", fmt.Sprintf("1-%d", runtime.NumCPU()-1), "wrk",
		"--threads", "2", "--connections", "32", "--duration", wrkTurn.String(), "--script", "testdata/announce.lua",
		"http://"+p.address)
	wrk.Env = append(wrk.Env, "NUMWANT="+strconv.Itoa(p.numWant))
	before, start := processorTime(b, p.pid), time.Now()
	output, err := wrk.CombinedOutput()
	took, used := time.Since(start), processorTime(b, p.pid)-before
	var answers, errors int
	if at := strings.LastIndex(string(output), "answers="); err == nil && at >= 0 {
		_, err = fmt.Sscanf(string(output[at:]), "answers=%d errors=%d", &answers, &errors)
	}
	if err != nil || answers == 0 || errors > 0 {
		b.Fatalf("wrk: %v\n%s", err, output)
	}
	return turn{answers: answers, took: took, processor: used}
}

// startChild starts this test's program as a tracker on the first core.
func startChild(b *testing.B, f family.Family) trackerProcess {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := pinned(b, program)
	command.Env = append(command.Env, childAddress+"="+anyPort.Get(f).String(), "GOMAXPROCS=1")
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start(b, command)
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatalf("the tracker did not say where it listens: %v", err)
	}
	numWant := family.Pair[int]{V4: 30, V6: 10}.Get(f)
	return trackerProcess{pid: command.Process.Pid, address: strings.TrimSpace(line), numWant: numWant}
}

func startOpentracker(b *testing.B) trackerProcess {
	b.Helper()
	peers.Need(b, "opentracker")
	dir, list := b.TempDir(), new(strings.Builder)
	for i := range 1000 {
		fmt.Fprintf(list, "%x\n", fmt.Sprintf("aaaaaaaaaaaaaaaa%04d", i))
	}
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(list.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	address := netip.AddrPortFrom(anyPort.V4.Addr(), peers.FreePort(b))
	port := strconv.Itoa(int(address.Port()))
	command := pinned(b, "opentracker", "-i", address.Addr().String(), "-p", port, "-P", port, "-d", dir, "-w", "list")
	command.Dir = dir
	start(b, command)
	awaitListener(b, address)
	return trackerProcess{pid: command.Process.Pid, address: address.String(), numWant: 30}
}

// pinned returns a command that runs on the first core.
func pinned(b *testing.B, program string, arguments ...string) *exec.Cmd {
	b.Helper()
	peers.Need(b, "taskset")
	return peers.Command(b.Context(), "taskset", append([]string{"-c", "0", program}, arguments...)...)
}

// start runs a command until the benchmark ends.
func start(b *testing.B, command *exec.Cmd) {
	b.Helper()
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Cancel()
		_ = command.Wait()
	})
}

// awaitListener waits until somebody listens at an address.
func awaitListener(b *testing.B, address netip.AddrPort) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.String())
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			b.Fatalf("nobody listens at %v: %v", address, err)
		}
	}
}

// processorTime is what a process has used, in user mode and in the kernel.
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name before it may have blanks
	fields := strings.Fields(rest)
	const user, system, tick = 11, 12, 10 * time.Millisecond // proc(5); USER_HZ is 100 wherever Go runs
	var ticks int
	for _, field := range []string{fields[user], fields[system]} {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}
