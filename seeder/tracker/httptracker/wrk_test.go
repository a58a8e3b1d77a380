package httptracker_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/contest"
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
			ours := contest.StartChild(b, 1, anyPort.Get(f))
			theirs := contest.StartOpentracker(b, 1, benchInfoHashes())
			contest.Run(b, wrkTurns, ours, theirs, func(p contest.Process) int { return askByWrk(b, p) })
		})
	}
}

// benchInfoHashes are the torrents that testdata/announce.lua asks for.
func benchInfoHashes() [][20]byte {
	infoHashes := make([][20]byte, 1000)
	for i := range infoHashes {
		copy(infoHashes[i][:], fmt.Sprintf("aaaaaaaaaaaaaaaa%04d", i))
	}
	return infoHashes
}

// askByWrk has wrk ask a tracker for one turn, from all cores but the first, and returns how many answers it had.
func askByWrk(b *testing.B, tracker contest.Process) int {
	b.Helper()
	wrk := peers.Command(b.Context(), "taskset", "-c", fmt.Sprintf("1-%d", runtime.NumCPU()-1), "wrk",
		"--threads", "2", "--connections", "32", "--duration", wrkTurn.String(), "--script", "testdata/announce.lua",
		"http://"+tracker.Address.String())
	wrk.Env = append(wrk.Env, "NUMWANT="+strconv.Itoa(tracker.NumWant()))
	output, err := wrk.CombinedOutput()
	var answers, errors int
	if at := strings.LastIndex(string(output), "answers="); err == nil && at >= 0 {
		_, err = fmt.Sscanf(string(output[at:]), "answers=%d errors=%d", &answers, &errors)
	}
	if err != nil || answers == 0 || errors > 0 {
		b.Fatalf("wrk: %v\n%s", err, output)
	}
	return answers
}
