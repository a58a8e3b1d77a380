package udptracker_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/contest"
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
				ours := contest.StartChild(b, cores, anyPort.Get(f))
				theirs := contest.StartOpentracker(b, cores, benchInfoHashes())
				keepOff(b, cores)
				ourSum, theirSum := contest.Run(b, benchTurns, ours, theirs, func(p contest.Process) int {
					return askByLoad(b, p, cores)
				})
				b.ReportMetric(ourSum.PerSecond()/theirSum.PerSecond(), "speedup")
			})
		}
	}
}

// benchInfoHashes are the torrents that trackerload asks for.
func benchInfoHashes() [][20]byte {
	infoHashes := make([][20]byte, benchSwarms)
	for i := range infoHashes {
		infoHashes[i] = trackerload.InfoHash(uint32(i))
	}
	return infoHashes
}

// askByLoad asks a tracker for one turn and returns how many answers it had.
func askByLoad(b *testing.B, tracker contest.Process, cores int) int {
	b.Helper()
	load := trackerload.Load{
		Tracker: tracker.Address, Clients: 4 * cores * cores, Window: 64 / cores,
		InfoHashes: benchSwarms, Ports: benchPeers, NumWant: uint32(tracker.NumWant()),
	}
	result, err := load.Run(b.Context(), benchTurn)
	if err != nil || result.Errors > 0 {
		b.Fatalf("ask %s: %+v, %v", tracker.Address, result, err)
	}
	return result.Answers
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
