package swarm_test

import (
	"fmt"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

func TestStore_Announce_KeepsToTheLimits(t *testing.T) {
	t.Parallel()
	limits := swarm.Limits{PerNet64: 4, PerNet48: 64, PerAddress4: 8}
	for name, test := range map[string]struct {
		limits  swarm.Limits
		address func(n int) string
		want    int
	}{
		"Hosts64":   {limits, func(n int) string { return fmt.Sprintf("[2003:0:0:1::%x]:1", n) }, 4},
		"Ports64":   {limits, func(n int) string { return fmt.Sprintf("[2003:0:0:1::1]:%d", 1+n) }, 4},
		"Hosts48":   {limits, func(n int) string { return fmt.Sprintf("[2003:0:0:%x::1]:1", n) }, 64},
		"Ports4":    {limits, func(n int) string { return fmt.Sprintf("18.0.0.1:%d", 1+n) }, 8},
		"Sites":     {limits, func(n int) string { return fmt.Sprintf("[2003:0:%x::1]:1", n) }, 500},
		"Hosts4":    {limits, func(n int) string { return fmt.Sprintf("18.0.%d.%d:1", n>>8, n&255) }, 500},
		"Only64":    {swarm.Limits{PerNet64: 4}, func(n int) string { return fmt.Sprintf("[2003:0:0:1::%x]:1", n) }, 4},
		"NoLimits":  {swarm.Limits{}, func(n int) string { return fmt.Sprintf("[2003::1]:%d", 1+n) }, 500},
		"NoLimits4": {swarm.Limits{}, func(n int) string { return fmt.Sprintf("18.0.0.1:%d", 1+n) }, 500},
		"PerSwarm":  {swarm.Limits{PerSwarm: 100}, func(n int) string { return fmt.Sprintf("[2003::1]:%d", 1+n) }, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config()
			c.Limits = test.limits
			s := swarm.New(c)
			crowded := 0
			for n := range 500 {
				a := swarm.Announce{InfoHash: swarm.InfoHash{1}, Peer: at(test.address(n)), Tag: swarm.Tag(n), Seed: n%2 == 0}
				var answer swarm.Answer
				for range 2 { // who is in stays in
					if s.Announce(0, &a, &answer).Crowded {
						crowded++
					}
				}
			}
			if got := addresses(s); got != test.want || crowded != 2*(500-test.want) {
				t.Errorf("%d peers are in, and %d were told that it is crowded; want %d", got, crowded, test.want)
			}
		})
	}
}

func TestStore_Announce_AnswersWhoHasNoPlace(t *testing.T) {
	t.Parallel()
	c := config()
	c.Limits.PerAddress4 = 1
	s := swarm.New(c)
	seed := client{store: s, family: family.V4}
	seed.announce(seed.seed(1))
	seed.announce(seed.seed(2))
	a := seed.leech(2)
	a.Peer = at("18.0.0.2:7000")
	a.Tag++
	checkTold(t, seed.announce(a), seed.address(1), seed.address(2))
}

func TestStore_Announce_MakesNoMoreSwarmsThanAllowed(t *testing.T) {
	t.Parallel()
	c := config()
	c.Limits.Swarms, c.Shards = 10, 4
	s := swarm.New(c)
	for n := range 1_000 {
		a := swarm.Announce{InfoHash: swarm.InfoHash{byte(n >> 8), byte(n)}, Peer: at("[2003::1]:1"), NumWant: 50}
		var answer swarm.Answer
		s.Announce(0, &a, &answer)
	}
	if got := s.Totals().Swarms; got != 12 { // three for each shard
		t.Errorf("there are %d swarms", got)
	}
}

// What is remembered of swarms without peers is bounded, too.
func TestStore_Announce_ForgetsDownloadsOfTooManySwarms(t *testing.T) {
	t.Parallel()
	s := swarm.New(config())
	for n := range 5_000 {
		a := swarm.Announce{InfoHash: swarm.InfoHash{byte(n >> 8), byte(n)}, Peer: at("[2003::1]:1"), Event: swarm.Completed}
		var answer swarm.Answer
		s.Announce(0, &a, &answer)
		a.Event = swarm.Stopped
		s.Announce(0, &a, &answer)
	}
	remembered := 0
	for n := range 5_000 {
		if _, ok := s.Scrape(swarm.InfoHash{byte(n >> 8), byte(n)}); ok {
			remembered++
		}
	}
	if want := 16 * 64; remembered != want {
		t.Errorf("%d are remembered, want %d", remembered, want)
	}
}

func TestStore_Remember(t *testing.T) {
	t.Parallel()
	s := swarm.New(config())
	c := client{store: s, family: family.V6}
	s.Remember(swarm.InfoHash{1}, 5)
	checkCounts(t, &c, swarm.Counts{Downloaded: 5})
	c.announce(c.leech(1))
	s.Remember(swarm.InfoHash{1}, 3) // is older than what is known
	checkCounts(t, &c, swarm.Counts{Leechers: 1, Downloaders: 1, Downloaded: 5})
	s.Remember(swarm.InfoHash{2}, 0)
	if _, ok := s.Scrape(swarm.InfoHash{2}); ok {
		t.Error("a swarm is kept for nothing")
	}
}
