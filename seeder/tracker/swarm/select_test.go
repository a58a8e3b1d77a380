package swarm_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// share is one that gives so many of each family.
func share(v6, v4 int, singleFirst bool) func(swarm.Demand) swarm.Share {
	return func(swarm.Demand) swarm.Share {
		return swarm.Share{Pair: family.Pair[int]{V6: v6, V4: v4}, SingleFirst: singleFirst}
	}
}

// Pearson's test: with 199 degrees of freedom the statistic exceeds 290 once in 30,000 times, and the random numbers are
// the same at each run.
func TestStore_Announce_DrawsAllAlike(t *testing.T) {
	t.Parallel()
	const size, asked, rounds = 200, 50, 4_000
	for _, f := range family.All {
		random := rand.New(rand.NewPCG(1, 2))
		s := swarm.New(swarm.Config{Lifetime: 60, Shards: 1, Rand: random.Uint64, Share: share(asked, asked, false)})
		c := client{store: s, family: f}
		for n := range size {
			c.announce(c.leech(n))
		}
		told := map[netip.AddrPort]float64{}
		asker := c.seed(size)
		for range rounds {
			got := peers(c.announce(asker))
			if len(got) != asked {
				t.Fatalf("told of %d", len(got))
			}
			for _, peer := range got {
				told[peer]++
			}
			slices.SortFunc(got, netip.AddrPort.Compare)
			if len(slices.Compact(got)) != asked {
				t.Fatal("told of somebody twice")
			}
		}
		const expected = float64(rounds*asked) / size
		statistic := 0.0
		for n := range size {
			d := told[c.address(n)] - expected
			statistic += d * d / expected
		}
		if statistic > 290 {
			t.Errorf("over %v chi-square is %.0f", f, statistic)
		}
	}
}

// Two peers are not always told of together.
func TestStore_Announce_DrawsDifferentSets(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	s := swarm.New(swarm.Config{Lifetime: 60, Rand: random.Uint64, Share: share(10, 10, false)})
	c := client{store: s, family: family.V6}
	for n := range 1_000 {
		c.announce(c.leech(n))
	}
	together := map[[2]netip.AddrPort]int{}
	for range 2_000 {
		got := peers(c.announce(c.seed(1_000)))
		for _, a := range got {
			for _, b := range got {
				if a != b {
					together[[2]netip.AddrPort{a, b}]++
				}
			}
		}
	}
	// 2,000 answers have 90 ordered pairs each, and there are almost a million to draw them from.
	if len(together) < 140_000 {
		t.Errorf("there were %d pairs of peers in 180,000", len(together))
	}
}

func TestStore_Announce_PutsOffWhoIsOnBothFamilies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ single, dual, asked, wantSingle, wantDual int }{
		"EnoughSingles":  {single: 30, dual: 30, asked: 20, wantSingle: 20},
		"DualsFillUp":    {single: 5, dual: 30, asked: 20, wantSingle: 5, wantDual: 15},
		"OnlyDuals":      {dual: 30, asked: 20, wantDual: 20},
		"FewerThanAsked": {single: 3, dual: 3, asked: 20, wantSingle: 3, wantDual: 3},
		"MostAreDual":    {dual: 5_000, asked: 200, wantDual: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := swarm.New(swarm.Config{Lifetime: 60, Share: share(0, test.asked, true)})
			c := client{store: s, family: family.V4}
			for n := range test.single + test.dual {
				c.announce(c.leech(n))
			}
			onIPv6 := map[netip.AddrPort]bool{}
			for n := test.single; n < test.single+test.dual; n++ {
				a := c.leech(n)
				a.Peer = c.otherAddress(n)
				c.announce(a)
				onIPv6[c.address(n)] = true
			}
			var single, dual int
			for _, peer := range peers(c.announce(c.leech(60_000))) {
				if onIPv6[peer] {
					dual++
				} else {
					single++
				}
			}
			if single != test.wantSingle || dual != test.wantDual {
				t.Errorf("told of %d that are on IPv4 alone and %d on both", single, dual)
			}
		})
	}
}

// The store says how many there are without the asker.
func TestStore_Announce_AsksForAShareOfWhatThereIs(t *testing.T) {
	t.Parallel()
	var got swarm.Demand
	s := swarm.New(swarm.Config{Lifetime: 60, Share: func(d swarm.Demand) swarm.Share {
		got = d
		return swarm.Share{}
	}})
	c := client{store: s, family: family.V6}
	c.announce(c.leech(1))
	c.announce(c.seed(2))
	for n := range 4 {
		a := c.seed(10 + n)
		a.Peer = c.otherAddress(10 + n)
		c.announce(a)
	}
	for name, test := range map[string]struct {
		announce swarm.Announce
		want     swarm.Demand
	}{
		"Leecher": {c.leech(1), swarm.Demand{
			Family: family.V6, BothFamilies: true, Proven: true, NumWant: 50, Have: family.Pair[int]{V6: 1, V4: 4},
		}},
		"Seed": {c.seed(2), swarm.Demand{
			Family: family.V6, BothFamilies: true, Proven: true, NumWant: 50, Have: family.Pair[int]{V6: 1, V4: 0},
		}},
	} {
		c.announce(test.announce)
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
