package choker

import (
	"time"

	"sixseed/policy/family"
)

// UsefulRate is what a peer must get for its slot to be worth holding, in bytes per second: a piece of 1 MiB in 16 s, so
// that a turn of 30 s leaves a peer with something it can pass on.
const UsefulRate = 64 << 10

const (
	firstSlots = 8 // before anything is known
	leastSlots = 4 // on the slowest of links: fewer, and one peer that takes little would leave much of it unused

	growInterval   = time.Second      // between two steps up: the new holders must show in the mean
	shrinkInterval = 10 * time.Second // between two steps down: a choked peer is expensive, a slow one is not
	growShare      = 16               // one slot more for so many, at least one
	shrinkShare    = 8                // one slot less for so many, at least one
	ampleRate      = 4 * UsefulRate   // a mean of which half is more than enough
	settleTime     = 5 * time.Second  // until a peer's rate, a mean of some seconds, says what it gets
	accidentShare  = 20               // one peer of so many may be in a bad moment
)

// Auto finds out how many upload slots there should be. The zero value begins with eight.
//
// Slots grow while they are all held, somebody waits for one and those who hold one get a useful rate or limit themselves:
// a peer that reads slowly is no reason to give others nothing. They double every second while there is ample for twice
// as many, so that thousands of peers are served within seconds of their coming, and grow by a sixteenth when it is
// merely enough. They shrink by an eighth every ten seconds while the mean of those who wait for us is under half of what
// is useful; between that and the useful rate nothing changes. (libtorrent's rate-based choker asks more of each slot
// than of the one before it. With thousands of slots that would leave a fast link unused.)
//
// IPv6 is judged first: as long as IPv6 peers are without a slot it alone decides, because each slot more is theirs.
type Auto struct {
	Slots int       // upload slots there should be
	Since time.Time // when that changed
}

// Next returns what a round with these peers makes of it. Slots never exceed most, nor fall below four where most allows.
func (a Auto) Next(peers []Peer, most int, now time.Time) Auto {
	slots := a.Slots
	if slots == 0 {
		slots = firstSlots
	} else {
		slots = a.step(serve(peers, now), now.Sub(a.Since))
	}
	slots = min(max(slots, leastSlots), max(most, 1))
	if slots == a.Slots {
		return a
	}
	return Auto{Slots: slots, Since: now}
}

// step returns the number of slots that follows.
func (a Auto) step(served family.Pair[service], elapsed time.Duration) int {
	supply, short := served.V6.supply(), served.V6.choked > 0
	if !short {
		supply, short = min(supply, served.V4.supply()), served.V4.choked > 0
	}
	grows := short && elapsed >= growInterval && served.V4.holders+served.V6.holders >= a.Slots
	switch {
	case supply == starving && elapsed >= shrinkInterval:
		return a.Slots - max(a.Slots/shrinkShare, 1)
	case supply == useful && grows:
		return a.Slots + max(a.Slots/growShare, 1)
	case supply == ample && grows:
		return a.Slots * 2
	}
	return a.Slots
}
