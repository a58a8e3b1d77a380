package tracker

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// Rate is how many announces a network may make: PerSecond over a long time, and Burst at once. 0 per second is no
// limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// rates holds how much each of the networks heard from has used up of its Rate. It has a fixed number of places: a
// network that is heard from takes that of the one which has used up least. That one loses nothing but its debt.
type rates struct {
	start time.Time
	seed  maphash.Seed
	sets  []rateSet
}

// rateSet has the places of the networks with one hash.
type rateSet struct {
	mu     sync.Mutex
	places [placesPerSet]place
}

const placesPerSet = 4

// place is what a network has used up: the time at which it will have its whole burst again, in nanoseconds since the
// start.
type place struct {
	network uint64
	until   int64
}

// newRates returns rates with that many places, at least.
func newRates(places int, start time.Time) *rates {
	sets := max(1, (places+placesPerSet-1)/placesPerSet)
	return &rates{start: start, seed: maphash.MakeSeed(), sets: make([]rateSet, sets)}
}

// allow takes one announce off what a network has left, and says whether it had that.
func (r *rates) allow(now time.Time, network uint64, rate Rate) bool {
	if rate.PerSecond <= 0 {
		return true
	}
	set := &r.sets[maphash.Comparable(r.seed, network)%uint64(len(r.sets))]
	cost := int64(float64(time.Second) / rate.PerSecond)
	set.mu.Lock()
	defer set.mu.Unlock()
	return set.find(network).take(int64(now.Sub(r.start)), cost, cost*int64(max(rate.Burst, 1)))
}

// find returns the place of a network, which may be one it has just got.
func (s *rateSet) find(network uint64) *place {
	least := &s.places[0]
	for i := range s.places {
		p := &s.places[i]
		if p.network == network {
			return p
		}
		if p.until < least.until {
			least = p
		}
	}
	*least = place{network: network}
	return least
}

// take uses up cost if no more than burst is used up with it. What no burst allows comes of a clock set back, and is
// forgotten.
func (p *place) take(now, cost, burst int64) bool {
	if p.until < now || p.until > now+burst {
		p.until = now
	}
	if p.until+cost > now+burst {
		return false
	}
	p.until += cost
	return true
}

// The networks that announces are counted for: an IPv6 address's /64 and /48, an IPv4 address.
func network64(a [16]byte) uint64 { return binary.BigEndian.Uint64(a[:8]) }
func network48(a [16]byte) uint64 { return binary.BigEndian.Uint64(a[:8]) >> 16 }
func network32(a [4]byte) uint64  { return 1<<63 | uint64(binary.BigEndian.Uint32(a[:])) }

// allows says whether the networks that addr is in may make another announce.
func (l Limits) allows(r *rates, now time.Time, addr netip.Addr) bool {
	if addr.Is4() {
		return r.allow(now, network32(addr.As4()), l.RateAddress4)
	}
	a := addr.As16()
	return r.allow(now, network64(a), l.RateNet64) && r.allow(now, network48(a), l.RateNet48)
}
