package udptracker

import (
	"encoding/binary"
	"net/netip"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/siphash"
)

// An id proves the address from when it is made to the end of the second slot after that: for 128 to 192 seconds.
// BEP 15 lets clients use one for a minute, and has trackers take it for two.
const (
	slotLength  = 64 * time.Second
	usableSlots = 2

	// knownSlots is how many slots later an id is still told from a forged one. Some clients use theirs for ten minutes,
	// and are to learn that they need another.
	knownSlots = 10

	slotBits = 4 // of an id say which slot it is from, so that checking takes one hash however old it is
	slotMask = 1<<slotBits - 1
)

// verdict is what an id says of who sent it.
type verdict uint8

const (
	proven  verdict = iota // was given the id lately, at the address it writes from
	expired                // was given the id some minutes ago
	forged                 // was never given it, for all that can be told
)

// slot is a slot of time, counted from when the server was opened.
type slot uint64

// connections makes and checks connection ids (BEP 15, "Connect"). An id is the slot's lowest 4 bits, and 60 bits of a
// keyed hash over the slot, the family and the address. The port is not in it, for a NAT may change that at any time.
type connections struct {
	hash  siphash.Hash
	start time.Time
}

// newConnections returns ids that only who has the key can make. Slots are counted from start: if that has a monotonic
// reading, then setting the system's clock changes nothing about any id.
func newConnections(key [16]byte, start time.Time) connections {
	return connections{hash: siphash.New(key), start: start}
}

// slot returns the one that now is in.
func (c *connections) slot(now time.Time) slot {
	return slot(now.Sub(c.start) / slotLength) //nolint:gosec // before start it wraps around, as check does
}

// id returns the connection id of an address in a slot.
func (c *connections) id(f family.Family, addr netip.Addr, s slot) uint64 {
	var message [siphash.Size]byte
	*(*[16]byte)(message[:]) = addr.As16()
	binary.LittleEndian.PutUint64(message[16:], uint64(s)<<1|uint64(f))
	return c.hash.Sum(message)&^slotMask | uint64(s)&slotMask
}

// check says what an id proves about addr, in the slot that is now.
func (c *connections) check(id uint64, f family.Family, addr netip.Addr, now slot) verdict {
	age := (uint64(now) - id) & slotMask
	switch {
	case age > knownSlots || id != c.id(f, addr, now-slot(age)):
		return forged
	case age > usableSlots:
		return expired
	}
	return proven
}
