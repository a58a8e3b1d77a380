package swarm_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// store is what any store of peers has to be.
type store interface {
	Announce(now swarm.Minute, a *swarm.Announce, out *swarm.Answer) swarm.Outcome
	Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool)
	Shards() int
	Sweep(now swarm.Minute, shard int) (removed int)
	Totals() swarm.Totals
}

// contract are the cases that a store must pass, each for both families. Its peers live for 60 minutes.
var contract = map[string]func(*testing.T, *client){
	"AFirstClientIsToldOfNobody": func(t *testing.T, c *client) {
		answer := c.announce(c.leech(1))
		checkTold(t, answer)
		checkCounts(t, c, swarm.Counts{Leechers: 1, Downloaders: 1})
	},
	"ALeecherIsToldOfAll": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		c.announce(c.seed(2))
		checkTold(t, c.announce(c.leech(3)), c.address(1), c.address(2))
	},
	"ASeedIsToldOfLeechersOnly": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		c.announce(c.seed(2))
		checkTold(t, c.announce(c.seed(3)), c.address(1))
	},
	"APartialSeedIsToldOfLeechersOnly": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		c.announce(c.seed(2))
		paused := c.leech(3)
		paused.Event = swarm.Paused
		checkTold(t, c.announce(paused), c.address(1))
		checkTold(t, c.announce(c.seed(4)), c.address(1))
		checkTold(t, c.announce(c.leech(5)), c.address(1), c.address(2), c.address(3), c.address(4))
		checkCounts(t, c, swarm.Counts{Seeders: 2, Leechers: 3, Downloaders: 2})
	},
	"NobodyIsToldOfItself": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		checkTold(t, c.announce(c.leech(1)))
		elsewhere := c.leech(1)
		elsewhere.Peer = netip.AddrPortFrom(elsewhere.Peer.Addr(), 7000)
		checkTold(t, c.announce(elsewhere))
	},
	"WhoWantsNoneGetsNone": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		a := c.leech(2)
		a.NumWant = 0
		checkTold(t, c.announce(a))
	},
	"SwarmsAreApart": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		other := c.leech(2)
		other.InfoHash = swarm.InfoHash{2}
		checkTold(t, c.announce(other))
		if _, ok := c.store.Scrape(swarm.InfoHash{3}); ok {
			t.Error("a swarm that nobody announced has counts")
		}
	},
	"AnnouncingAgainCountsOnce": func(t *testing.T, c *client) {
		for range 3 {
			c.announce(c.seed(1))
		}
		checkCounts(t, c, swarm.Counts{Seeders: 1})
	},
	"ALeecherBecomesASeedAndALeecherAgain": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		c.announce(c.seed(1))
		checkCounts(t, c, swarm.Counts{Seeders: 1})
		checkTold(t, c.announce(c.seed(2)))
		c.announce(c.leech(1))
		checkCounts(t, c, swarm.Counts{Seeders: 1, Leechers: 1, Downloaders: 1})
		checkTold(t, c.announce(c.seed(2)), c.address(1))
	},
	"StoppedRemovesTheAddress": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		c.announce(c.seed(2))
		gone := c.seed(1)
		gone.Event = swarm.Stopped
		checkTold(t, c.announce(gone))
		checkCounts(t, c, swarm.Counts{Seeders: 1})
		checkTold(t, c.announce(c.leech(3)), c.address(2))
	},
	"StoppedRemovesNoOtherAddress": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		forged := c.seed(2) // from elsewhere, with the tag of the first
		forged.Tag, forged.Event = c.seed(1).Tag, swarm.Stopped
		c.announce(forged)
		checkTold(t, c.announce(c.leech(3)), c.address(1))
	},
	"ATagRemovesNobody": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		for n := 2; n < 40; n++ {
			forged := c.seed(n)
			forged.Tag = c.seed(1).Tag
			c.announce(forged)
		}
		var all []netip.AddrPort
		for n := 1; n < 40; n++ {
			all = append(all, c.address(n))
		}
		checkTold(t, c.announce(c.leech(100)), all...)
	},
	"TooManyAddressesAreNoOneClient": func(t *testing.T, c *client) {
		announceOne := func(n int) swarm.Answer {
			a := c.leech(n)
			a.Tag = 1
			return c.announce(a)
		}
		for n := range 8 {
			checkTold(t, announceOne(n))
		}
		checkCounts(t, c, swarm.Counts{Leechers: 1, Downloaders: 1})
		announceOne(8)
		announceOne(9)
		checkCounts(t, c, swarm.Counts{Leechers: 3, Downloaders: 3})
		checkTold(t, announceOne(9), c.address(8))
	},
	"StoppedBeforeStartedIsNothing": func(t *testing.T, c *client) {
		gone := c.seed(1)
		gone.Event = swarm.Stopped
		checkTold(t, c.announce(gone))
		if totals := c.store.Totals(); totals != (swarm.Totals{}) {
			t.Errorf("there are %+v", totals)
		}
	},
	"ARestartedClientReplacesItself": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		restarted := c.leech(1)
		restarted.Tag = 99
		c.announce(restarted)
		checkCounts(t, c, swarm.Counts{Leechers: 1, Downloaders: 1})
	},
	"ADownloadCountsOnce": func(t *testing.T, c *client) {
		c.announce(c.leech(1))
		finished := c.seed(1)
		finished.Event = swarm.Completed
		for n, want := range []bool{true, false} {
			if got := c.outcome(finished).Completed; got != want {
				t.Errorf("completed is %v the time number %d", got, n+1)
			}
		}
		checkCounts(t, c, swarm.Counts{Seeders: 1, Downloaded: 1})
	},
	"DownloadsAreRememberedWhenAllAreGone": func(t *testing.T, c *client) {
		finished := c.seed(1)
		finished.Event = swarm.Completed
		c.announce(finished)
		finished.Event = swarm.Stopped
		c.announce(finished)
		checkCounts(t, c, swarm.Counts{Downloaded: 1})
		if totals := c.store.Totals(); totals != (swarm.Totals{}) {
			t.Errorf("there are %+v", totals)
		}
	},
	"BothFamiliesAreOneClient": func(t *testing.T, c *client) {
		first, second := c.leech(1), c.leech(1)
		second.Peer = c.otherAddress(1)
		if outcome := c.outcome(first); outcome.Paired {
			t.Error("a pair after one announce")
		}
		outcome := c.outcome(second)
		if *outcome.Pair.At(c.family) != first.Peer || *outcome.Pair.At(other(c.family)) != second.Peer || !outcome.Paired {
			t.Errorf("pair is %+v", outcome)
		}
		checkCounts(t, c, swarm.Counts{Leechers: 1, Downloaders: 1})
		first.Seed, first.Event = true, swarm.Completed
		second.Seed, second.Event = true, swarm.Completed
		if c.outcome(first).Paired || c.outcome(second).Paired {
			t.Error("a pair that was known is told of again")
		}
		checkCounts(t, c, swarm.Counts{Seeders: 1, Downloaded: 1})
		if totals := c.store.Totals(); totals.DualStack != 1 {
			t.Errorf("there are %+v", totals)
		}
		first.Event = swarm.Stopped
		c.announce(first)
		checkCounts(t, c, swarm.Counts{Seeders: 1, Downloaded: 1})
		if totals := c.store.Totals(); totals.DualStack != 0 {
			t.Errorf("there are %+v", totals)
		}
	},
	"IPv6IsProvenByTheTag": func(t *testing.T, c *client) {
		a := c.leech(1)
		if answer := c.announce(a); answer.Proven != (c.family == family.V6) {
			t.Errorf("at first proven is %v", answer.Proven)
		}
		b := a
		b.Peer = c.otherAddress(1)
		c.announce(b)
		if answer := c.announce(a); !answer.Proven {
			t.Error("not proven with both families")
		}
	},
	"WhoDoesNotAnnounceIsForgotten": func(t *testing.T, c *client) {
		c.announce(c.seed(1))
		c.now += 30
		c.announce(c.seed(2))
		c.now += 29
		c.sweep()
		checkCounts(t, c, swarm.Counts{Seeders: 2})
		c.now++
		c.sweep()
		checkCounts(t, c, swarm.Counts{Seeders: 1})
		checkTold(t, c.announce(c.leech(3)), c.address(2))
		c.now += 60
		c.sweep()
		if totals := c.store.Totals(); totals != (swarm.Totals{}) {
			t.Errorf("there are %+v", totals)
		}
	},
	"WhoAnnouncesIsNotForgotten": func(t *testing.T, c *client) {
		for range 400 { // the time goes round more than once
			c.announce(c.seed(1))
			c.now += 31
			c.sweep()
		}
		checkCounts(t, c, swarm.Counts{Seeders: 1})
	},
	"LargeSwarmsAreSweptWhole": func(t *testing.T, c *client) {
		for n := range 10_000 {
			c.announce(c.seed(n))
		}
		c.now += 30
		for n := range 100 {
			c.announce(c.leech(n * 97))
		}
		c.now += 30
		if removed := c.sweep(); removed != 9_900 {
			t.Errorf("%d were removed", removed)
		}
		checkCounts(t, c, swarm.Counts{Leechers: 100, Downloaders: 100})
		seed := c.seed(20_000)
		if answer := c.announce(seed); len(peers(answer)) != 100 {
			t.Errorf("a seed is told of %d", len(peers(answer)))
		}
	},
}

func TestStore_Contract(t *testing.T) {
	t.Parallel()
	stores := map[string]func(t *testing.T) store{
		"New":      func(*testing.T) store { return swarm.New(config()) },
		"OneShard": func(*testing.T) store { c := config(); c.Shards = 1; return swarm.New(c) },
		"Restored": func(t *testing.T) store {
			s, err := swarm.Read(bytes.NewReader(snapshot(t, swarm.New(config()), 0)), config(), 0, written)
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
	for kind, newStore := range stores {
		for _, f := range family.All {
			for name, test := range contract {
				t.Run(fmt.Sprintf("%s/%s/%s", kind, f, name), func(t *testing.T) {
					t.Parallel()
					test(t, &client{store: newStore(t), family: f, now: 4_000})
				})
			}
		}
	}
}

// client announces to a store over one family. Clients have numbers, and a tag and an address made of that.
type client struct {
	store  store
	family family.Family
	now    swarm.Minute
}

func (c *client) seed(n int) swarm.Announce {
	a := c.leech(n)
	a.Seed = true
	return a
}

func (c *client) leech(n int) swarm.Announce {
	return swarm.Announce{
		InfoHash: swarm.InfoHash{1}, Peer: c.address(n), Tag: swarm.Tag(n) * 0x9e3779b1, NumWant: 50, BothFamilies: true,
	}
}

func (c *client) address(n int) netip.AddrPort      { return addressOf(c.family, n) }
func (c *client) otherAddress(n int) netip.AddrPort { return addressOf(other(c.family), n) }

func addressOf(f family.Family, n int) netip.AddrPort {
	if f == family.V6 {
		return at(fmt.Sprintf("[2003:%x::1]:6881", n))
	}
	return at(fmt.Sprintf("18.0.%d.%d:6881", n>>8, n&255))
}

func other(f family.Family) family.Family { return 1 - f }

func (c *client) announce(a swarm.Announce) swarm.Answer {
	var answer swarm.Answer
	c.store.Announce(c.now, &a, &answer)
	return answer
}

func (c *client) outcome(a swarm.Announce) swarm.Outcome {
	var answer swarm.Answer
	return c.store.Announce(c.now, &a, &answer)
}

func (c *client) sweep() (removed int) {
	for shard := range c.store.Shards() {
		removed += c.store.Sweep(c.now, shard)
	}
	return removed
}

func peers(answer swarm.Answer) []netip.AddrPort {
	return slices.Concat(peersOf(answer.Peers6, 16), peersOf(answer.Peers4, 4))
}

func checkTold(t *testing.T, answer swarm.Answer, want ...netip.AddrPort) {
	t.Helper()
	got := peers(answer)
	slices.SortFunc(got, netip.AddrPort.Compare)
	slices.SortFunc(want, netip.AddrPort.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
}

func checkCounts(t *testing.T, c *client, want swarm.Counts) {
	t.Helper()
	got, _ := c.store.Scrape(swarm.InfoHash{1})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
