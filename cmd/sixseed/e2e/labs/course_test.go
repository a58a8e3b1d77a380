package labs_test

import (
	"cmp"
	"slices"
	"time"

	"sixseed/policy/family"
)

// moment is what was counted until a moment, in bytes.
type moment struct {
	at       time.Duration      // since the beginning
	received family.Pair[int64] // of blocks, by the peers
	sent     family.Pair[int64] // of IP packets, by the kernel of the seeder's host
}

// course is how the counts went on, from the beginning to the end.
type course []moment

// between returns the stretch from the last moment that is not after from to the last that is not after to.
func (c course) between(from, to time.Duration) stretch { return stretch{c.last(from), c.last(to)} }

// since returns the stretch from a time to the end.
func (c course) since(from time.Duration) stretch { return c.between(from, c.end()) }

func (c course) end() time.Duration { return c[len(c)-1].at }

func (c course) last(d time.Duration) moment {
	i, found := slices.BinarySearchFunc(c, d, func(m moment, d time.Duration) int { return cmp.Compare(m.at, d) })
	if !found {
		i = max(i-1, 0)
	}
	return c[i]
}

// windows returns all stretches of a length that begin with a moment at from or later.
func (c course) windows(from, length time.Duration) []stretch {
	var all []stretch
	for _, m := range c {
		if m.at >= from && m.at+length <= c.end() {
			all = append(all, c.between(m.at, m.at+length))
		}
	}
	return all
}

const (
	settling = 250 * time.Millisecond // for how long IPv6 has to have its share to have it
	lasting  = 5 * time.Second        // for how long it has to keep it on the whole
)

// settled returns how long after from IPv6 had a share that is at least the bar: while settling, and in all that follows
// together. It is negative if it never had.
func (c course) settled(from time.Duration, bar float64) time.Duration {
	for _, later := range c.windows(from, lasting) {
		begin := later.from.at
		if c.between(begin, begin+settling).share() >= bar && c.since(begin).share() >= bar {
			return begin - from
		}
	}
	return -1
}

// stretch is a part of a course.
type stretch struct{ from, to moment }

// received is how many bytes of blocks the peers of a family received per second.
func (s stretch) received(f family.Family) float64 {
	return s.perSecond(s.to.received.Get(f) - s.from.received.Get(f))
}

// sent is how many bytes of IP packets the kernel sent per second over a family.
func (s stretch) sent(f family.Family) float64 {
	return s.perSecond(s.to.sent.Get(f) - s.from.sent.Get(f))
}

// packets is how many bytes of IP packets it takes per second to bring what the peers received, if all are full.
func (s stretch) packets(f family.Family) float64 { return s.received(f) * mtu / payload(f) }

// total is packets of both families.
func (s stretch) total() float64 { return s.packets(family.V4) + s.packets(family.V6) }

func (s stretch) perSecond(bytes int64) float64 {
	if s.to.at <= s.from.at {
		return 0
	}
	return float64(bytes) / (s.to.at - s.from.at).Seconds()
}

// share is IPv6's part of what the peers received.
func (s stretch) share() float64 { return share(s.received) }

// shareSent is IPv6's part of what the kernel sent.
func (s stretch) shareSent() float64 { return share(s.sent) }

func share(rate func(family.Family) float64) float64 {
	sum := rate(family.V4) + rate(family.V6)
	if sum == 0 {
		return 0
	}
	return rate(family.V6) / sum
}

const (
	mtu    = 1500 // bytes of the longest IP packet
	framed = 1514 // the same with the Ethernet header, which the kernel's shapers count
)

// payload is how many bytes of blocks are in a full packet, but for those of the messages' heads.
func payload(f family.Family) float64 {
	const tcp = 32 // bytes of TCP's header with a time stamp
	ip := family.Pair[float64]{V4: 20, V6: 40}
	return mtu - tcp - ip.Get(f)
}
