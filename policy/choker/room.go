package choker

import (
	"math"
	"time"
)

const (
	openDelay  = 500 * time.Millisecond // more room must have lasted so long before slots grow
	closeDelay = time.Second            // less room must have lasted so long before they shrink
	leastOpen  = 2 * time.Second        // from slots growing to slots shrinking
)

// Leftover is what IPv6 leaves to IPv4 at a moment. Rates are in bytes per second.
type Leftover struct {
	Rate    int64 // what IPv4 could have, whether or not it takes it
	Floor   int64 // what IPv4 has in any case; part of Rate
	Upload  int64 // what both families may have together
	Holders int   // IPv4 peers that hold a slot
	Waiting int   // those of them that would get more if there were more (Peer.Waits)
}

// Room is how many slots IPv4 may hold because of what is left to it. The zero value takes its first leftover at its word.
//
// It follows the leftover late and coarsely, for a choke costs a peer its requests: room that came has to last half a
// second before peers are unchoked, room that went a second before they are choked, and two seconds lie between the one
// and the other at least. IPv6 loses nothing meanwhile: a slot is leave to ask, bytes are given out elsewhere.
//
// A slot is for a useful rate, and is taken away when there is less than half of that for it. IPv4 peers that limit
// themselves may be more: while fewer than a quarter of them wait for us, there is room for an eighth more. So slow
// readers do not keep others from what is left.
type Room struct {
	Slots int       // slots IPv4 may hold; 0: all its peers are choked
	Since time.Time // when that changed

	opened time.Time // when it last became more
	trend  trend
}

// trend is a change that has not lasted yet.
type trend struct {
	grows bool
	since time.Time // zero: there is none
	slots int       // the slots wanted of that time that are nearest to those there are
}

// Next returns what the leftover at now makes of it. Called several times a second, it has peers back within one.
func (r Room) Next(left Leftover, now time.Time) Room {
	wanted := r.wanted(left)
	switch {
	case r.Since.IsZero():
		return r.resize(wanted, now)
	case wanted > r.Slots:
		r.trend = r.trend.follow(true, wanted, now)
		if now.Sub(r.trend.since) >= openDelay {
			return r.resize(r.trend.slots, now)
		}
	case wanted < r.Slots-r.Slots/2: // less than half
		r.trend = r.trend.follow(false, wanted, now)
		if now.Sub(r.trend.since) >= closeDelay && now.Sub(r.opened) >= leastOpen {
			return r.resize(r.shrunk(left.Holders), now)
		}
	default:
		r.trend = trend{}
	}
	return r
}

// follow returns the trend after one more leftover.
func (t trend) follow(grows bool, wanted int, now time.Time) trend {
	switch {
	case t.since.IsZero() || t.grows != grows:
		return trend{grows: grows, since: now, slots: wanted}
	case grows:
		t.slots = min(t.slots, wanted)
	default:
		t.slots = max(t.slots, wanted)
	}
	return t
}

func (r Room) resize(slots int, now time.Time) Room {
	opened := r.opened
	if slots > r.Slots {
		opened = now
	}
	return Room{Slots: slots, Since: now, opened: opened}
}

// shrunk returns how many slots remain when so many are held: none if there is nothing left, else three of four, so that
// peers that merely begin to take what is left do not send half of them away.
func (r Room) shrunk(held int) int {
	if r.trend.slots == 0 {
		return 0
	}
	held = min(held, r.Slots)
	return max(r.trend.slots, held-max(held/4, 1))
}

// wanted returns the slots that the leftover of this moment would be good for.
func (r Room) wanted(left Leftover) int {
	if left.Rate < r.threshold(left.Upload) {
		return SlotsFor(left.Floor)
	}
	slots := SlotsFor(left.Rate)
	if left.Waiting*4 < left.Holders {
		slots = max(slots, left.Holders+left.Holders/8+1)
	}
	return slots
}

// threshold returns from which rate on there is room: more for it to open than to stay so, and never more than half of
// what there is for both, which on a slow link is less than one useful rate.
func (r Room) threshold(upload int64) int64 {
	threshold := min(int64(UsefulRate), upload/2)
	if r.Slots > 0 {
		threshold /= 2
	}
	return max(threshold, 1)
}

// SlotsFor returns how many peers a rate, in bytes per second, gives a useful rate to: one at least if it is not 0.
func SlotsFor(rate int64) int {
	if rate <= 0 {
		return 0
	}
	return int(min(max(rate/UsefulRate, 1), math.MaxInt32))
}
