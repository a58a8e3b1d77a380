package bandwidth

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sixseed/policy/family"
)

// Gate is where senders take leave to send.
type Gate struct {
	free    family.Pair[atomic.Bool]  // whoever asks is given
	granted family.Pair[atomic.Int64] // bytes of block data

	mu        sync.Mutex
	limits    Limits
	link      *bucket
	caps      family.Pair[*bucket]
	floor     *bucket
	queues    family.Pair[queue]
	spare     family.Pair[int64] // granted and given back
	addresses map[netip.Prefix]*address
	timer     *time.Timer // for the next grant; stopped when nobody waits
}

// New returns a gate that keeps to limits.
func New(limits Limits) *Gate {
	g := &Gate{
		link:      new(bucket),
		caps:      family.Pair[*bucket]{V4: new(bucket), V6: new(bucket)},
		floor:     new(bucket),
		addresses: make(map[netip.Prefix]*address),
	}
	g.timer = time.AfterFunc(never, g.tick)
	g.timer.Stop()
	g.set(time.Now(), limits)
	return g
}

// Apply changes the limits. Whoever waits is served by the new ones.
func (g *Gate) Apply(limits Limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if limits == g.limits {
		return
	}
	now := time.Now()
	g.set(now, limits)
	g.dispatch(now)
}

// set has all buckets keep to limits. The lock is held, or nobody has the gate yet.
func (g *Gate) set(now time.Time, limits Limits) {
	g.limits = limits
	g.link.set(now, limits.Upload, turn(limits.Upload))
	for _, f := range family.All {
		g.caps.Get(f).set(now, limits.Family.Get(f), turn(limits.Family.Get(f)))
		g.free.At(f).Store(limits.free(f))
	}
	g.floor.set(now, limits.Floor, turn(limits.of(family.V4))) // a turn by the floor is as long as any of IPv4's
	for _, a := range g.addresses {
		a.bucket.set(now, limits.Address, turn(limits.Address))
	}
}

// Limits returns those that hold now.
func (g *Gate) Limits() Limits {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limits
}

// Granted is how much block data has been let through, in bytes.
func (g *Gate) Granted() family.Pair[int64] {
	return family.Both(func(f family.Family) int64 { return g.granted.At(f).Load() })
}

func (g *Gate) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dispatch(time.Now())
}

// dispatch gives grants until the limits allow none, and sees to it that it is called when they do again.
func (g *Gate) dispatch(now time.Time) {
	for {
		f, byFloor, wait := g.next(now)
		switch wait {
		case 0:
			g.grant(now, f, byFloor)
		case never:
			g.timer.Stop()
			return
		default:
			g.timer.Reset(wait)
			return
		}
	}
}

// next returns the family whose turn it is, whether the floor gives it that, and how long until it can be known whether
// there is a grant: never if nobody waits who can ever have one.
func (g *Gate) next(now time.Time) (f family.Family, byFloor bool, wait time.Duration) {
	v4, v6 := g.ownWait(now, family.V4), g.ownWait(now, family.V6)
	kept := max(v4, g.floorWait(now))
	switch {
	case kept == 0:
		return family.V4, true, g.link.wait(now, g.cost(now, family.V4))
	case v6 == 0:
		return family.V6, false, min(kept, g.linkWait(now, family.V6))
	case v4 == never:
		return family.V6, false, v6
	default: // IPv6 has nothing to send, or may not
		return family.V4, false, min(kept, v6, max(v4, g.linkWait(now, family.V4)))
	}
}

// ownWait is how long the first sender of a family waits, would the link allow it.
func (g *Gate) ownWait(now time.Time, f family.Family) time.Duration {
	if g.queues.At(f).first() == nil {
		return never
	}
	return g.caps.Get(f).wait(now, g.cost(now, f))
}

// linkWait is how long until the link allows the first sender of a family its turn. IPv4 leaves half of what the link's
// bucket can hold, so that IPv6 finds it there even if its senders, who are sending what they got before, are late.
func (g *Gate) linkWait(now time.Time, f family.Family) time.Duration {
	if g.queues.At(f).first() == nil {
		return never
	}
	cost := g.cost(now, f)
	if f == family.V4 {
		cost += g.link.depth() / 2
	}
	return g.link.wait(now, cost)
}

// floorWait is how long until IPv4 may go before IPv6.
func (g *Gate) floorWait(now time.Time) time.Duration {
	if g.limits.Floor <= 0 {
		return never
	}
	return g.floor.wait(now, g.cost(now, family.V4))
}

// cost is what the next grant of a family takes out of the limits.
func (g *Gate) cost(now time.Time, f family.Family) int64 { return onWire(f, g.share(now, f)) }

// share is the size of the next grant of a family: a turn. An IPv6 sender that finds nobody in front of it and much in
// the bucket has come late, and may catch up.
func (g *Gate) share(now time.Time, f family.Family) int64 {
	s := g.queues.At(f).first()
	if s == nil {
		return 0
	}
	long := min(s.wanted, maxTurn)
	late := f == family.V6 && g.queues.V6.len() == 1
	if cost := onWire(f, long); late && max(g.link.wait(now, cost), g.caps.V6.wait(now, cost)) == 0 {
		return long
	}
	return min(s.wanted, turn(g.limits.of(f)))
}

// grant gives the first sender of a family its turn.
func (g *Gate) grant(now time.Time, f family.Family, byFloor bool) {
	bytes := g.share(now, f)
	charged := bytes - min(bytes, g.spare.Get(f))
	*g.spare.At(f) -= bytes - charged
	cost := onWire(f, charged)
	g.link.take(now, cost)
	g.caps.Get(f).take(now, cost)
	if byFloor {
		g.floor.take(now, cost)
	}
	s := g.queues.At(f).first()
	g.queues.At(f).remove(s)
	s.prepaid += s.wanted - bytes
	g.granted.At(f).Add(bytes)
	s.granted <- bytes
}
