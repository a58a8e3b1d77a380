package choker

import "slices"

// squeeze chokes holders until they are as many as there are places, those that were sent most first.
func (f *familyClaims) squeeze(places int, decision *Decision) {
	surplus := len(f.holders) - places
	if surplus <= 0 {
		return
	}
	slices.SortFunc(f.holders, compareServed)
	for _, holder := range f.holders[:surplus] {
		decision.choke(holder.Peer)
	}
	f.holders = f.holders[surplus:]
}

// rotate gives the free places to those who wait longest, then the places of those whose turn is over.
func (f *familyClaims) rotate(places int, decision *Decision) {
	free, yielding := places-len(f.holders), f.yielding()
	f.queue(free, free+len(yielding), newcomerPlaces(places))
	for i, next := range f.waiting {
		if i >= free {
			if i-free == len(yielding) || !next.precedes(yielding[i-free]) {
				return
			}
			decision.choke(yielding[i-free].Peer)
		}
		decision.unchoke(next.Peer)
	}
}

// queue puts those who wait in order, if it matters because there are places for some of them.
func (f *familyClaims) queue(free, places, newcomers int) {
	if places > 0 && free < len(f.waiting) {
		slices.SortFunc(f.waiting, compareWaiting)
		f.promote(newcomers)
	}
}

// yielding returns the holders that may have to make way for another of their family, the next to go first.
func (f *familyClaims) yielding() []claim {
	var yielding []claim
	for _, holder := range f.holders {
		if holder.spent || holder.rank > regular && !holder.kept {
			yielding = append(yielding, holder)
		}
	}
	slices.SortFunc(yielding, compareYielding)
	return yielding
}

// newcomerPlaces returns how many of a family's places are for peers that never held one.
func newcomerPlaces(places int) int {
	if places == 4 {
		return 1
	}
	return places / 5
}

// promote puts newcomers in front of those who wait, as far as fewer than places hold a slot in their turn.
func (f *familyClaims) promote(places int) {
	for _, holder := range f.holders {
		if holder.Turns == 0 && !holder.spent {
			places--
		}
	}
	if places <= 0 {
		return
	}
	var first []claim
	others := make([]claim, 0, len(f.waiting))
	for _, claim := range f.waiting {
		if len(first) < places && claim.Turns == 0 && claim.rank == regular {
			first = append(first, claim)
		} else {
			others = append(others, claim)
		}
	}
	f.waiting = append(first, others...)
}
