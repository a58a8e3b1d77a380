package labs_test

import (
	"cmp"
	"math"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

const (
	linkRate      = 400 * megabit // what the narrow link of the labs carries
	releaseLength = 256 << 20     // bytes: many times what all peers have in flight
)

// TestLab runs the labs that LAB names and prints what they came to. It fails if the daemon is not at a bar.
func TestLab(t *testing.T) {
	o := readOptions(t)
	if o.labs == "" {
		t.Skip("LAB names no lab")
	}
	peers.NeedRoot(t)
	e := experiment{options: o, release: rig.NewRelease(t, releaseLength)}
	for _, l := range labs(linkRate) {
		if o.wants(l.name) {
			t.Run(l.name, func(t *testing.T) {
				for range o.rounds {
					e.round(t, l)
				}
			})
		}
	}
	e.publish(t)
}

// experiment is a number of labs and what they came to.
type experiment struct {
	options

	release *rig.Release
	table   table
}

// round has each seeder of a lab run it once.
func (e *experiment) round(t *testing.T, l lab) {
	if l.contested && e.rivals {
		l.bars.cpu = e.contest(t, l)
	}
	alone := math.NaN()
	if l.ipv6 == nothing {
		t.Run("unlimited", func(t *testing.T) {
			s := daemon(`upload = "unlimited"`).start(t, e.network(t, l, nil), e.release)
			alone = s.measure(t, e.lasts, l.load(e.came)...).since(l.bars.from).received(family.V4)
		})
	}
	t.Run("sixseed", func(t *testing.T) {
		f := e.figures(t, l, daemon(cmp.Or(e.policy, l.policy)), alone)
		misses := l.bars.misses(f)
		e.table.add(l.name, "sixseed", f, misses)
		for _, miss := range misses {
			t.Error(miss)
		}
	})
}

// contest has the rivals run a lab, and returns the least processor time that one of them took, in seconds per GB.
func (e *experiment) contest(t *testing.T, l lab) float64 {
	least := math.Inf(1)
	for _, rival := range rivals(l.rate) {
		t.Run(rival.name, func(t *testing.T) {
			f := e.figures(t, l, rival, math.NaN())
			e.table.add(l.name, rival.name, f, l.bars.misses(f))
			least = min(least, f.cpu)
		})
	}
	return least
}

// figures has a seeder run a lab. alone is what peers take alone, in bytes of blocks per second, if that is known.
func (e *experiment) figures(t *testing.T, l lab, c contender, alone float64) figures {
	s := c.start(t, e.network(t, l, c.ahead), e.release)
	r := s.measure(t, e.lasts, l.load(e.came)...)
	if e.step > 0 {
		r.log(t, l, e.step)
		s.network.logQueues(t)
	}
	if l.leavesSome() {
		const long = 5 * time.Second
		alone = s.measure(t, long, l.later(0)).since(long / 2).received(family.V6)
	}
	return l.figures(r, e.came, alone)
}

// network makes the network of a lab, with a shaper in the seeder's host that is there to help the seeder, or none.
func (e *experiment) network(t *testing.T, l lab, ahead shaper) *network {
	t.Helper()
	return newNetwork(t, l.shapers(e.topology, e.queue, ahead)...)
}

// log prints how it went, step by step.
func (r reading) log(t *testing.T, l lab, step time.Duration) {
	t.Helper()
	t.Log("seconds: MB/s received over IPv4, IPv6; sent over IPv4, IPv6; IPv6's share; used")
	for from := time.Duration(0); from+step <= r.end()+sampling; from += step {
		w := r.between(from, from+step)
		t.Logf("%6.2f: %6.2f %6.2f   %6.2f %6.2f  %5.1f %%  %5.1f %%", from.Seconds(),
			w.received(family.V4)/1e6, w.received(family.V6)/1e6, w.sent(family.V4)/1e6, w.sent(family.V6)/1e6,
			100*w.share(), 100*w.total()/float64(l.rate))
	}
}
