package swarm

import (
	"encoding/binary"
	"net/netip"

	"sixseed/policy/family"
)

// Minute is a count of minutes from any beginning, that never goes back.
type Minute uint32

// endpoint6 and endpoint4 are an address and port as they are sent (BEP 7, BEP 23).
type (
	endpoint6 = [18]byte
	endpoint4 = [6]byte
)

// endpoint is that of a peer in either family. None has port 0, so the zero value is no peer's.
type endpoint interface{ endpoint6 | endpoint4 }

// peer is one address of a client in a swarm: 24 bytes with an endpoint6, 12 with an endpoint4.
type peer[E endpoint] struct {
	endpoint E
	stamp    stamp
	tag      Tag
}

// stamp is when a peer announced last, and what is known of it, in 16 bits. Minutes are counted modulo 4096, which is
// almost three days: much longer than any peer is kept.
type stamp uint16

const (
	minuteMask stamp = 1<<12 - 1
	roleShift        = 12
	dualBit    stamp = 1 << 14 // its client announces over the other family, too
	doneBit    stamp = 1 << 15 // it has said `completed`

	// longestLifetime leaves the sweep a day to come round before a peer's age starts again from zero.
	longestLifetime = Minute(minuteMask) - 24*60
)

// role is the part a peer takes. Of a client whose addresses differ in it, the greatest counts.
type role uint8

const (
	leecher role = iota
	partial      // a partial seed: a leecher that wants nothing (BEP 21)
	seeder
	roles = iota
)

func newStamp(now Minute, r role) stamp { return minuteOf(now) | stamp(r)<<roleShift }

// minuteOf is the part of a stamp that says when.
func minuteOf(now Minute) stamp { return stamp(now & Minute(minuteMask)) }

func (s stamp) role() role   { return role(s >> roleShift & 3) }
func (s stamp) isDual() bool { return s&dualBit != 0 }
func (s stamp) isDone() bool { return s&doneBit != 0 }

// age is how long ago the peer announced.
func (s stamp) age(now Minute) Minute { return Minute((minuteOf(now) - s) & minuteMask) }

// at is the stamp of a peer that announces again and says nothing new.
func (s stamp) at(now Minute) stamp { return s&^minuteMask | minuteOf(now) }

func (s stamp) withDual(dual bool) stamp {
	if dual {
		return s | dualBit
	}
	return s &^ dualBit
}

// wants says whether the peer has use for others that have use for others.
func (s stamp) wants() bool { return s.role() == leecher }

func toEndpoint6(from netip.AddrPort) (e endpoint6) {
	addr := from.Addr().As16()
	copy(e[:], addr[:])
	binary.BigEndian.PutUint16(e[16:], from.Port())
	return e
}

func toEndpoint4(from netip.AddrPort) (e endpoint4) {
	addr := from.Addr().As4()
	copy(e[:], addr[:])
	binary.BigEndian.PutUint16(e[4:], from.Port())
	return e
}

// familyOf is the family of peers with endpoints of this type.
func familyOf[E endpoint]() family.Family {
	var e E
	if len(e) == len(endpoint6{}) {
		return family.V6
	}
	return family.V4
}

// bytesOf returns the bytes of e, not a copy.
func bytesOf[E endpoint](e *E) []byte {
	switch e := any(e).(type) {
	case *endpoint6:
		return e[:]
	case *endpoint4:
		return e[:]
	}
	return nil
}

// addrPortOf is e to read.
func addrPortOf[E endpoint](e E) netip.AddrPort {
	b := bytesOf(&e)
	addr, _ := netip.AddrFromSlice(b[:len(b)-2])
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(b[len(b)-2:]))
}
