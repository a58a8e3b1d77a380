package udptracker_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/tracker/trackerload"
)

// The load of the comparison: 1,000 swarms of 100 peers, answers of 200 bytes or little more.
const (
	benchSwarms = 1000
	benchPeers  = 100

	// benchTurn is how long one tracker is asked before it is the other's turn, and benchTurns how often that is.
	benchTurn  = 500 * time.Millisecond
	benchTurns = 6
)

// BenchmarkTracker asks this tracker and opentracker in turns, each a process of its own on the same cores, while the
// load comes from the others. ratio is answers per second of processor time over opentracker's; speedup is answers per
// second over opentracker's, which has one thread. opentracker as Debian builds it knows IPv4 only, and is asked over
// that in all cases.
func BenchmarkTracker(b *testing.B) {
	for _, cores := range []int{1, 2} {
		for _, f := range family.All {
			b.Run(fmt.Sprintf("cores=%d/family=%v", cores, f), func(b *testing.B) {
				if runtime.NumCPU() < cores+2 {
					b.Skipf("%d cores and two for the load are more than there are", cores)
				}
				ours, theirs := startChild(b, cores, f), startOpentracker(b, cores)
				keepOff(b, cores)
				var sums [2]turn
				for b.Loop() {
					for range benchTurns {
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
				b.ReportMetric(sums[0].perSecond()/sums[1].perSecond(), "speedup")
			})
		}
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
	pid  int
	load trackerload.Load
}

// ask has the tracker answer for one turn.
func (p trackerProcess) ask(b *testing.B) turn {
	b.Helper()
	before, start := processorTime(b, p.pid), time.Now()
	result, err := p.load.Run(b.Context(), benchTurn)
	if err != nil || result.Errors > 0 {
		b.Fatalf("ask %s: %+v, %v", p.load.Tracker, result, err)
	}
	return turn{answers: result.Answers, took: time.Since(start), processor: processorTime(b, p.pid) - before}
}

func loadOn(tracker netip.AddrPort, cores int) trackerload.Load {
	peerSize := 6
	if tracker.Addr().Is6() {
		peerSize = 18
	}
	return trackerload.Load{
		Tracker: tracker, Clients: 4 * cores * cores, Window: 64 / cores,
		InfoHashes: benchSwarms, Ports: benchPeers, NumWant: uint32(180 / peerSize),
	}
}

// startChild starts this test's program as a tracker on the first cores.
func startChild(b *testing.B, cores int, f family.Family) trackerProcess {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := pinned(b, cores, program)
	command.Env = append(command.Env, childAddress+"="+anyPort.Get(f).String(), "GOMAXPROCS="+strconv.Itoa(cores))
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start(b, command)
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatalf("the tracker did not say where it listens: %v", err)
	}
	tracker := netip.MustParseAddrPort(strings.TrimSpace(line))
	return trackerProcess{pid: command.Process.Pid, load: loadOn(tracker, cores)}
}

func startOpentracker(b *testing.B, cores int) trackerProcess {
	b.Helper()
	peers.Need(b, "opentracker")
	dir, list := b.TempDir(), new(strings.Builder)
	for i := range uint32(benchSwarms) {
		fmt.Fprintf(list, "%x\n", trackerload.InfoHash(i))
	}
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(list.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	port := strconv.Itoa(int(peers.FreePort(b)))
	command := pinned(b, cores, "opentracker", "-i", "127.0.0.1", "-p", port, "-P", port, "-d", dir, "-w", "list")
	command.Dir = dir
	start(b, command)
	tracker := netip.MustParseAddrPort("127.0.0.1:" + port)
	return trackerProcess{pid: command.Process.Pid, load: loadOn(tracker, cores)}
}

// pinned returns a command that runs on the first cores.
func pinned(b *testing.B, cores int, program string, arguments ...string) *exec.Cmd {
	b.Helper()
	peers.Need(b, "taskset")
	list := "0-" + strconv.Itoa(cores-1)
	return peers.Command(b.Context(), "taskset", append([]string{"-c", list, program}, arguments...)...)
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

// keepOff keeps this process off the first cores. Threads that are yet to come have it from those that start them.
func keepOff(b *testing.B, cores int) {
	b.Helper()
	var others unix.CPUSet
	for cpu := cores; cpu < runtime.NumCPU(); cpu++ {
		others.Set(cpu)
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		b.Fatal(err)
	}
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		if err := unix.SchedSetaffinity(id, &others); err != nil && err != unix.ESRCH {
			b.Fatalf("keep thread %d off the tracker's cores: %v", id, err)
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
