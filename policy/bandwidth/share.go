package bandwidth

import (
	"container/list"
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// Share is one connection's share of the upload. One sender at a time takes leave by it.
type Share struct {
	gate    *Gate
	family  family.Family
	address *address
	granted chan int64

	// Guarded by the gate's lock.
	bucket  *bucket // what the connection may have
	prepaid int64   // bytes that were taken out of its limits, and not granted
	wanted  int64
	last    bool          // to be served when no other of its family waits
	line    *list.List    // that it waits in
	place   *list.Element // in that; nil: does not wait
}

// address is what the connections of one address share.
type address struct {
	prefix netip.Prefix
	shares int
	bucket *bucket
}

// Join returns the share of a new connection.
func (g *Gate) Join(f family.Family, addr netip.Addr) *Share {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, prefix := time.Now(), Party(addr)
	known, ok := g.addresses[prefix]
	if !ok {
		known = &address{prefix: prefix, bucket: newBucket(now, g.limits.Address, turn(g.limits.Address))}
		g.addresses[prefix] = known
	}
	known.shares++
	return &Share{
		gate: g, family: f, address: known, granted: make(chan int64, 1),
		bucket: newBucket(now, g.limits.Peer, turn(g.limits.Peer)),
	}
}

// Party is what counts as one party: an IPv4 address or an IPv6 /64.
func Party(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, _ := addr.Prefix(bits) // fails for no address at all, and for more bits than there are
	return prefix
}

// Leave ends a share, once nobody takes leave by it any more.
func (s *Share) Leave() {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	if s.address.shares--; s.address.shares == 0 {
		delete(s.gate.addresses, s.address.prefix)
	}
}

// Put says whether the connection is to be served last in its family.
func (s *Share) Put(last bool) {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.last = last
}

// Take waits for the connection's turn and returns how many bytes of block data it may send: no more than wanted. It
// returns 0 once interrupt can be received from, or has been.
func (s *Share) Take(interrupt <-chan struct{}, wanted int64) int64 {
	g := s.gate
	if g.free.At(s.family).Load() {
		wanted = min(wanted, bundle) // a limit may come while it is being sent
		g.granted.At(s.family).Add(wanted)
		return wanted
	}
	wanted = s.ration(interrupt, wanted)
	if wanted == 0 {
		return 0
	}
	g.mu.Lock()
	s.wanted = wanted
	g.queues.At(s.family).add(s)
	g.dispatch(time.Now())
	g.mu.Unlock()
	select {
	case bytes := <-s.granted:
		return bytes
	case <-interrupt:
		return s.withdraw()
	}
}

// withdraw leaves the queue. It returns what was granted just then.
func (s *Share) withdraw() int64 {
	g := s.gate
	g.mu.Lock()
	waited := g.queues.At(s.family).remove(s)
	if waited {
		s.prepaid += s.wanted
		g.dispatch(time.Now()) // somebody else's turn has come
	}
	g.mu.Unlock()
	if waited {
		return 0
	}
	return <-s.granted
}

// Return gives back what was granted and will not be used.
func (s *Share) Return(bytes int64) {
	g := s.gate
	g.granted.At(s.family).Add(-bytes)
	if g.free.At(s.family).Load() || bytes <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	*g.spare.At(s.family) += bytes
	s.prepaid += bytes
}

// lookAgain is how long a sender waits at most before it looks whether its own limits have changed.
const lookAgain = time.Second

// ration waits until the limits of the connection and of its address allow something, and returns how much: no more
// than wanted, and 0 if interrupted.
func (s *Share) ration(interrupt <-chan struct{}, wanted int64) int64 {
	for {
		bytes, wait := s.allowance(wanted)
		if wait == 0 {
			return bytes
		}
		timer := time.NewTimer(min(wait, lookAgain))
		select {
		case <-timer.C:
		case <-interrupt:
			timer.Stop()
			return 0
		}
	}
}

// allowance takes from the limits of the connection and its address, or says how long until they allow something.
func (s *Share) allowance(wanted int64) (bytes int64, wait time.Duration) {
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	s.bucket.set(now, g.limits.Peer, turn(g.limits.Peer))
	bytes = min(wanted, turn(min(g.limits.Peer, g.limits.Address)))
	cost := onWire(s.family, bytes-min(bytes, s.prepaid))
	wait = max(s.bucket.wait(now, cost), s.address.bucket.wait(now, cost))
	if wait == 0 {
		s.bucket.take(now, cost)
		s.address.bucket.take(now, cost)
		s.prepaid -= min(bytes, s.prepaid)
	}
	return bytes, wait
}
