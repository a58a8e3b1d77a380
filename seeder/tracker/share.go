package tracker

import (
	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

const (
	defaultNumWant = 50
	mostNumWant    = 200
	// offered is how many IPv6 peers a client gets that is known on IPv4 only, beside what it asked for: a client without
	// IPv6 must not lose by them.
	offered = 10
	// leastOwn is how many peers of the family that it asked over a client gets at least, and a quarter of what it wants.
	leastOwn = 5
)

// share decides how many peers of each family a client is told of.
func share(d swarm.Demand) swarm.Share {
	want := d.NumWant
	if want < 0 {
		want = defaultNumWant
	}
	want = min(want, mostNumWant)
	switch {
	case want == 0:
		return swarm.Share{}
	case !d.BothFamilies:
		return overUDP(d, want)
	case d.Family == family.V6 || d.Proven:
		return preferIPv6(d, want)
	}
	return swarm.Share{Pair: family.Pair[int]{V4: min(want, d.Have.V4), V6: min(offered, d.Have.V6)}}
}

// overUDP is all of the packet's family. Over IPv4, a client that has both families leaves those for whom it is the
// only way to those that have no other, and asks for the others over IPv6.
func overUDP(d swarm.Demand, want int) swarm.Share {
	s := swarm.Share{SingleFirst: d.Family == family.V4 && d.Proven}
	*s.At(d.Family) = min(want, d.Have.Get(d.Family))
	return s
}

// preferIPv6 gives IPv4 what is left, and if that is what the client asked over, no less than its due.
func preferIPv6(d swarm.Demand, want int) swarm.Share {
	due := 0
	if d.Family == family.V4 {
		due = min(max(leastOwn, want/4), want, d.Have.V4)
	}
	v6 := min(want-due, d.Have.V6)
	return swarm.Share{Pair: family.Pair[int]{V4: min(want-v6, d.Have.V4), V6: v6}, SingleFirst: true}
}
