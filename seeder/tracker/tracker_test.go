package tracker_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

func TestTracker_Announce_Refuses(t *testing.T) {
	t.Parallel()
	listed := open()
	listed.Access = tracker.Listed
	listed.Listed = func(h swarm.InfoHash) bool { return h == swarm.InfoHash{2} }
	for name, test := range map[string]struct {
		config  tracker.Config
		peer    string
		reason  tracker.Reason
		retryIn time.Duration
	}{
		"Port0":         {open(), "18.0.0.1:0", tracker.NoPort, -1},
		"Private":       {open(), "[fd00::1]:1", tracker.Private, -1},
		"Documentation": {open(), "[2001:db8::1]:1", tracker.Documentation, -1},
		"Multicast":     {open(), "[ff02::1]:1", tracker.Unusable, -1},
		"Mapped":        {open(), "[::ffff:18.0.0.1]:1", tracker.Unusable, -1},
		"Unlisted":      {listed, "[2003::1]:1", tracker.Unlisted, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTracker(t, test.config)
			a := announceOf(family.V6, 1)
			a.Peer = at(test.peer)
			var answer swarm.Answer
			var refusal *tracker.Refusal
			if err := tr.Announce(noon, a, &answer); !errors.As(err, &refusal) || refusal.Reason == "" || refusal.RetryIn != test.retryIn {
				t.Fatalf("got %#v", err)
			}
			stats := tr.Stats()
			if got := stats.Refused.Get(family.Of(a.Peer.Addr()))[test.reason]; got != 1 {
				t.Errorf("refused %+v, want one for %s", stats.Refused, test.reason)
			}
			if stats.HTTP != (family.Pair[uint64]{}) || stats.Swarms.Swarms != 0 {
				t.Errorf("it has left its mark: %+v", stats)
			}
		})
	}
}

func TestTracker_Scrape_TellsOnlyOfWhatIsTracked(t *testing.T) {
	t.Parallel()
	config := open()
	config.Access = tracker.Listed
	config.Listed = func(h swarm.InfoHash) bool { return h == infoHash }
	tr := newTracker(t, config)
	if counts, ok := tr.Scrape(infoHash); !ok || counts != (swarm.Counts{}) {
		t.Errorf("of a torrent that nobody has: %+v, %v", counts, ok)
	}
	if counts, ok := tr.Scrape(swarm.InfoHash{9}); ok {
		t.Errorf("of a torrent that is not tracked: %+v", counts)
	}
	announce(t, tr, announceOf(family.V6, 1))
	if counts, ok := tr.Scrape(infoHash); !ok || counts.Leechers != 1 {
		t.Errorf("of a torrent that somebody has: %+v, %v", counts, ok)
	}
	if got := tr.Stats().Scrapes; got != 3 {
		t.Errorf("%d scrapes are counted", got)
	}
}

// A client that has both families announces over both and is handed to another as an IPv6 peer first.
func TestTracker_Announce_IPv6First(t *testing.T) {
	t.Parallel()
	config := open()
	config.Rand = rand.New(rand.NewPCG(1, 2)).Uint64 // one draw in 100 does not look far enough to find all who are single
	tr := newTracker(t, config)
	const clients = 100
	for n := range clients {
		announce(t, tr, announceOf(family.V4, n))
		announce(t, tr, announceOf(family.V6, n))
	}
	for n := clients; n < 2*clients; n++ {
		announce(t, tr, announceOf(family.V4, n))
	}
	check := func(name string, a *swarm.Announce, want6, want4, wantDual int) {
		t.Helper()
		answer := announce(t, tr, a)
		dual := 0
		for i := 0; i < len(answer.Peers4); i += 6 {
			if n := int(answer.Peers4[i+2])<<8 | int(answer.Peers4[i+3]); n < clients {
				dual++
			}
		}
		if len(answer.Peers6) != 18*want6 || len(answer.Peers4) != 6*want4 || dual != wantDual {
			t.Errorf("%s: %d over IPv6, %d over IPv4, of these %d on both", name, len(answer.Peers6)/18, len(answer.Peers4)/6, dual)
		}
	}
	onlyV6 := announceOf(family.V6, 500)
	check("OnIPv6", onlyV6, 50, 0, 0)
	onlyV6.NumWant = 120
	check("OnIPv6WantsMore", onlyV6, 100, 20, 0)
	check("Proven", announceOf(family.V4, 1), 38, 12, 0)
	stranger := announceOf(family.V4, 600)
	stranger.NumWant = 200
	answer := announce(t, tr, stranger)
	if len(answer.Peers4) != 6*200 || len(answer.Peers6) != 18*10 || answer.Proven {
		t.Errorf("a stranger gets %d and %d", len(answer.Peers4)/6, len(answer.Peers6)/18)
	}
	if answer.Leechers != 2*clients+2 {
		t.Errorf("there are %d leechers", answer.Leechers)
	}
	overUDP := announceOf(family.V4, 1)
	overUDP.BothFamilies = false
	check("ProvenOverUDP", overUDP, 0, 50, 0)
}

func TestTracker_Announce_KeepsANetworkToItsRate(t *testing.T) {
	t.Parallel()
	config := open()
	config.Limits = tracker.DefaultLimits()
	for name, test := range map[string]struct {
		address func(n int) netip.AddrPort
		allowed int
		peers   int
	}{
		"Net64": {func(n int) netip.AddrPort { return at(fmt.Sprintf("[2003::%x:%x]:6881", n>>16, n&0xffff)) }, 5_000, 4},
		"Net48": {func(n int) netip.AddrPort { return at(fmt.Sprintf("[2003:0:0:%x::1]:6881", n%65_536)) }, 20_000, 64},
		"IPv4":  {func(n int) netip.AddrPort { return at(fmt.Sprintf("18.0.0.1:%d", 1+n%65_000)) }, 10_000, 32},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTracker(t, config)
			allowed := 0
			for n := range 100_000 {
				a := announceOf(family.V6, n)
				a.Peer = test.address(n)
				var answer swarm.Answer
				if tr.Announce(noon, a, &answer) == nil {
					allowed++
				}
			}
			if allowed != test.allowed {
				t.Errorf("%d were allowed, want %d", allowed, test.allowed)
			}
			stats := tr.Stats()
			f := family.Of(test.address(0).Addr())
			refused := stats.Refused.Get(f)
			if refused[tracker.TooMany] != uint64(100_000-allowed) || refused[tracker.Crowded] != uint64(allowed-test.peers) {
				t.Errorf("counted %+v", stats.Refused)
			}
			if got := stats.Swarms.Peers.Get(f).Leechers; got != test.peers {
				t.Errorf("%d peers are in, want %d", got, test.peers)
			}
		})
	}
}

// listener is told of what the tracker finds.
type listener struct {
	mu        sync.Mutex
	completed []swarm.InfoHash
	pairs     []family.Pair[netip.AddrPort]
}

func (l *listener) Completed(infoHash swarm.InfoHash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.completed = append(l.completed, infoHash)
}

func (l *listener) Pair(_ swarm.InfoHash, v4, v6 netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs = append(l.pairs, family.Pair[netip.AddrPort]{V4: v4, V6: v6})
}

func TestTracker_Announce_TellsOfPairsAndDownloads(t *testing.T) {
	t.Parallel()
	var heard listener
	config := open()
	config.Pairs, config.Downloads = &heard, &heard
	tr := newTracker(t, config)
	for range 2 {
		for _, f := range family.All {
			a := announceOf(f, 1)
			a.Seed, a.Event = true, swarm.Completed
			announce(t, tr, a)
		}
	}
	if want := []swarm.InfoHash{infoHash}; !slices.Equal(heard.completed, want) {
		t.Errorf("downloads %x, want %x", heard.completed, want)
	}
	want := []family.Pair[netip.AddrPort]{{V4: address(family.V4, 1), V6: address(family.V6, 1)}}
	if !slices.Equal(heard.pairs, want) {
		t.Errorf("pairs %v, want %v", heard.pairs, want)
	}
}

func TestNew_GoesOnCountingDownloads(t *testing.T) {
	t.Parallel()
	config := open()
	config.Downloaded = map[swarm.InfoHash]uint32{infoHash: 41}
	tr := newTracker(t, config)
	a := announceOf(family.V6, 1)
	a.Seed, a.Event = true, swarm.Completed
	if got := announce(t, tr, a).Downloaded; got != 42 {
		t.Errorf("downloaded %d times", got)
	}
}

func TestTracker_Stats(t *testing.T) {
	t.Parallel()
	tr := newTracker(t, open())
	for n := range 3 {
		announce(t, tr, announceOf(family.V6, n))
	}
	a := announceOf(family.V4, 1)
	a.BothFamilies, a.Seed = false, true
	announce(t, tr, a)
	tunnel := announceOf(family.V6, 7)
	tunnel.Peer = at("[2002:1200:1::1]:1")
	announce(t, tr, tunnel)
	want := tracker.Stats{
		HTTP: family.Pair[uint64]{V6: 3, V4: 1}, UDP: family.Pair[uint64]{V4: 1},
		Swarms: swarm.Totals{Swarms: 1, DualStack: 1, Peers: family.Pair[swarm.Roles]{
			V6: swarm.Roles{Leechers: 4}, V4: swarm.Roles{Seeders: 1},
		}},
	}
	if diff := cmp.Diff(want, tr.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestTracker_Interval_IsNeverFarOff(t *testing.T) {
	t.Parallel()
	tr := newTracker(t, open())
	seen := map[time.Duration]bool{}
	for range 1_000 {
		interval := tr.Interval()
		if interval < 27*time.Minute || interval > 33*time.Minute || interval < tr.MinInterval() {
			t.Fatalf("got %v", interval)
		}
		seen[interval] = true
	}
	if len(seen) < 900 {
		t.Errorf("of 1,000 intervals %d differ", len(seen))
	}
}

func TestNew_RefusesAConfigThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*tracker.Config){
		"tracker: an interval of -1m0s is not between 0 and 12h0m0s":        func(c *tracker.Config) { c.Interval = -time.Minute },
		"tracker: an interval of 24h0m0s is not between 0 and 12h0m0s":      func(c *tracker.Config) { c.Interval = 24 * time.Hour },
		"tracker: claims of IPv6 addresses are to be trusted, but nobody's": func(c *tracker.Config) { c.IPv6Param = tracker.TrustClaims },
	} {
		config := open()
		change(&config)
		if _, err := tracker.New(config); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// An announce of a known client costs no memory.
func TestTracker_Announce_AllocatesNothing(t *testing.T) {
	config := open()
	config.Limits = tracker.DefaultLimits()
	config.Limits.RateNet64, config.Limits.RateAddress4 = tracker.Rate{PerSecond: 1, Burst: 1e6}, tracker.Rate{PerSecond: 1, Burst: 1e6}
	tr := newTracker(t, config)
	var answer swarm.Answer
	for _, f := range family.All {
		for n := range 100 {
			announce(t, tr, announceOf(f, n))
		}
		a := announceOf(f, 5)
		if err := tr.Announce(noon, a, &answer); err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(100, func() { _ = tr.Announce(noon, a, &answer) }); got != 0 {
			t.Errorf("over %s an announce makes %v allocations", f, got)
		}
		refused := announceOf(f, 5)
		refused.Peer = netip.AddrPortFrom(refused.Peer.Addr(), 0)
		if got := testing.AllocsPerRun(100, func() { _ = tr.Announce(noon, refused, &answer) }); got != 0 {
			t.Errorf("over %s a refusal makes %v allocations", f, got)
		}
	}
}

func TestTracker_Stats_TellTransportsApart(t *testing.T) {
	t.Parallel()
	tr := newTracker(t, open())
	for _, over := range []struct {
		http    bool
		peer    string
		clients int
	}{{true, "[2003::1]:1", 3}, {false, "[2003::2]:1", 2}, {true, "[2003::3]:0", 4}, {false, "18.0.0.1:0", 5}} {
		for range over.clients {
			a := announceOf(family.V6, 1)
			a.Peer, a.BothFamilies = at(over.peer), over.http
			var answer swarm.Answer
			_ = tr.Announce(noon, a, &answer)
		}
	}
	stats := tr.Stats()
	if stats.HTTP != (family.Pair[uint64]{V6: 3}) || stats.UDP != (family.Pair[uint64]{V6: 2}) {
		t.Errorf("answered %+v over HTTP and %+v over UDP", stats.HTTP, stats.UDP)
	}
	all := family.Pair[uint64]{V6: stats.Refused.V6[tracker.NoPort], V4: stats.Refused.V4[tracker.NoPort]}
	udp := family.Pair[uint64]{V6: stats.RefusedUDP.V6[tracker.NoPort], V4: stats.RefusedUDP.V4[tracker.NoPort]}
	if all != (family.Pair[uint64]{V6: 4, V4: 5}) || udp != (family.Pair[uint64]{V4: 5}) {
		t.Errorf("refused %+v, of these %+v over UDP", all, udp)
	}
}
