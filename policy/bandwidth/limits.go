// Package bandwidth decides who may send next.
//
// # The order
//
// A peer's sender takes leave before it sends blocks: it joins the end of its family's queue and gets a grant when it has
// come to the front and the limits allow one. A grant goes to IPv4 only when no IPv6 sender waits for one that it could
// have, so IPv4 gets what is left, all of it, and nothing else. What IPv6 cannot use, because it has nothing to send, is
// held by a cap of its own, or its connections are full, is IPv4's at once.
//
// Inside a family senders take turns, and a turn is the same number of bytes for all: a fast peer has more turns only if
// others leave theirs.
//
// # Grants
//
// A grant is two milliseconds' worth of the rate, from one block to a few bundles. At a low rate that keeps the steps
// small; at a high one nobody wakes up for every block.
//
// # Without knowing the link's rate
//
// Auto finds out what is left for IPv4 without a limit on anything else; see there.
package bandwidth

import (
	"math"

	"sixseed/policy/family"
)

// Unlimited is the absence of a limit.
const Unlimited = math.MaxInt64

// Limits are rates in bytes per second, of packets as they leave the machine: with their IP and TCP headers.
type Limits struct {
	Upload  int64              // both families together
	Family  family.Pair[int64] // on top of that
	Floor   int64              // what IPv4 may have though IPv6 waits
	Peer    int64              // each connection
	Address int64              // all connections of one IPv4 address or IPv6 /64
}

// None are the limits that limit nothing.
func None() Limits {
	return Limits{
		Upload: Unlimited, Family: family.Pair[int64]{V4: Unlimited, V6: Unlimited}, Peer: Unlimited, Address: Unlimited,
	}
}

// free reports whether a family may send whatever it wants: then nobody has to wait for a turn.
func (l Limits) free(f family.Family) bool {
	return l.Upload == Unlimited && l.Family.Get(f) == Unlimited && l.Peer == Unlimited && l.Address == Unlimited
}

// of is the rate that one family can have at most.
func (l Limits) of(f family.Family) int64 { return min(l.Upload, l.Family.Get(f)) }

const (
	block = 16 << 10
	// bundle is what a sender hands to its socket at once. Grants beyond it are whole bundles.
	bundle = 6 * block
	// maxTurn is the longest turn.
	maxTurn = 2 * bundle
	// turnsPerSecond is how many turns make a second's worth, where they can be that short.
	turnsPerSecond = 500
)

// turn is how many bytes of block data a sender may have at a time if a family has rate bytes per second.
func turn(rate int64) int64 {
	switch t := rate / turnsPerSecond; {
	case t >= maxTurn:
		return maxTurn
	case t >= bundle:
		return bundle
	default:
		return max(t/block*block, block)
	}
}

// Packets carry 1500 bytes (Ethernet). Of these TCP leaves for data what its own header, with timestamps, and the
// family's do not take.
const packet = 1500

var segment = family.Pair[int64]{V4: packet - 20 - 32, V6: packet - 40 - 32}

// onWire is how many bytes of packets carry that many bytes of data: a turn, or less.
func onWire(f family.Family, data int64) int64 {
	full := segment.Get(f)
	return (data*packet + full - 1) / full
}
