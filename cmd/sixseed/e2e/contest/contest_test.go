package contest_test

import (
	"net/netip"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/contest"
)

func TestTurn(t *testing.T) {
	t.Parallel()
	sum := contest.Turn{Answers: 100, Took: time.Second, Processor: 100 * time.Millisecond}.
		Plus(contest.Turn{Answers: 300, Took: 3 * time.Second, Processor: 300 * time.Millisecond})
	if got := sum.PerSecond(); got != 100 {
		t.Errorf("%v answers per second, want 100", got)
	}
	if got := sum.PerProcessorSecond(); got != 1000 {
		t.Errorf("%v answers per second of processor time, want 1000", got)
	}
}

func TestProcess_NumWant(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]int{"127.0.0.1:80": 30, "[::1]:80": 10} {
		if got := (contest.Process{Address: netip.MustParseAddrPort(address)}).NumWant(); got != want {
			t.Errorf("%s is asked for %d peers, want %d", address, got, want)
		}
	}
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	got, err := contest.ParseStat("17 (a b) S 1 17 17 0 -1 4194560 9 0 0 0 250 50 7 8 20 0 1 0\n")
	if want := 3 * time.Second; got != want || err != nil {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, stat := range []string{"", "17 (a b) S 1 17", "17 (a b) S 1 17 17 0 -1 4194560 9 0 0 0 x 50 7"} {
		if got, err := contest.ParseStat(stat); err == nil {
			t.Errorf("%q is %v", stat, got)
		}
	}
}
