package tracker_test

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

var (
	noon     = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	infoHash = swarm.InfoHash{1}
)

// open is the config of a tracker that takes whatever comes.
func open() tracker.Config {
	return tracker.Config{Access: tracker.Open, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
}

func newTracker(t testing.TB, config tracker.Config) *tracker.Tracker {
	t.Helper()
	tr, err := tracker.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func at(address string) netip.AddrPort { return netip.MustParseAddrPort(address) }

// address is that of a client with that number.
func address(f family.Family, n int) netip.AddrPort {
	if f == family.V6 {
		return at(fmt.Sprintf("[2003:%x:%x::1]:6881", n>>16, n&0xffff))
	}
	return at(fmt.Sprintf("18.%d.%d.%d:6881", n>>16, n>>8&255, n&255))
}

// announceOf is an announce of that client, who wants everything.
func announceOf(f family.Family, n int) *swarm.Announce {
	return &swarm.Announce{
		InfoHash: infoHash, Peer: address(f, n), Tag: swarm.Tag(n) * 0x9e3779b1, NumWant: -1, BothFamilies: true,
	}
}

// announce has a client announce, and fails the test if it is refused.
func announce(t testing.TB, tr *tracker.Tracker, a *swarm.Announce) swarm.Answer {
	t.Helper()
	var answer swarm.Answer
	if err := tr.Announce(noon, a, &answer); err != nil {
		t.Fatalf("%v is refused: %v", a.Peer, err)
	}
	return answer
}

// journal is a log to be read.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), text)
}
