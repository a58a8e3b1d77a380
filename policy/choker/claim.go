package choker

import (
	"cmp"
	"time"

	"sixseed/policy/family"
)

// idleTurns is for how many turns an idle peer waits behind all others before it may try again.
const idleTurns = 10

// claim is what an interested peer has on a slot.
type claim struct {
	*Peer
	elapsed time.Duration // since Since
	rank    rank
	kept    bool // it holds a slot that nobody of its family takes from it
	spent   bool // it holds a slot, and its turn is over
}

// rank is what comes before the turns in a family, the best first.
type rank uint8

const (
	regular rank = iota
	overDownloaded
	idle
)

// familyClaims are the claims of one family.
type familyClaims struct {
	holders, waiting []claim
	idle             int // claims of that rank among them
	trying           int // holders that were idle and have a new slot
}

// claims returns what the interested among the peers claim. It refers to the peers and does not change them.
func (r Rules) claims(peers []Peer, now time.Time) family.Pair[familyClaims] {
	var claims family.Pair[familyClaims]
	for i := range peers {
		if peers[i].Interested {
			claims.At(peers[i].Family).add(r.claim(&peers[i], now))
		}
	}
	for _, f := range family.All {
		claims.At(f).letOneTry(idleTurns * r.Turn)
	}
	return claims
}

func (r Rules) claim(peer *Peer, now time.Time) claim {
	c := claim{Peer: peer, elapsed: now.Sub(peer.Since)}
	if peer.Unchoked {
		served := peer.Quota > 0 && peer.Sent >= peer.Quota
		c.kept = c.elapsed < r.Keep
		c.spent = !c.kept && (served || c.elapsed >= r.Turn)
	}
	switch {
	case peer.Idle && !c.kept:
		c.rank = idle
	case peer.Last:
		c.rank = overDownloaded
	}
	return c
}

func (f *familyClaims) add(c claim) {
	if c.Unchoked {
		f.holders = append(f.holders, c)
	} else {
		f.waiting = append(f.waiting, c)
	}
	switch {
	case c.rank == idle:
		f.idle++
	case c.Idle:
		f.trying++
	}
}

func (f *familyClaims) count() int { return len(f.holders) + len(f.waiting) }

// letOneTry has the longest waiting of the idle peers not count as idle after some time: what kept it from asking may be
// over. There is one such at a time, so that a crowd of them holds one slot at most.
func (f *familyClaims) letOneTry(after time.Duration) {
	if f.idle == 0 || f.trying > 0 {
		return
	}
	var next *claim
	for i := range f.waiting {
		c := &f.waiting[i]
		if c.rank == idle && c.elapsed >= after && (next == nil || compareWaiting(*c, *next) < 0) {
			next = c
		}
	}
	if next != nil {
		next.rank = regular
		f.idle--
	}
}

// precedes reports whether c, who waits, gets the slot of a holder that is not kept.
func (c claim) precedes(holder claim) bool {
	return c.rank < holder.rank || c.rank == holder.rank && holder.spent
}

// compareWaiting puts first who is next to get a slot. Those that were choked in the same round have waited equally long:
// fewer turns decide then, for by ID alone some would be first every time.
func compareWaiting(a, b claim) int {
	switch { // the usual case first: there are thousands of these
	case a.rank != b.rank:
		return cmp.Compare(a.rank, b.rank)
	case a.elapsed != b.elapsed:
		return cmp.Compare(b.elapsed, a.elapsed)
	}
	return cmp.Or(cmp.Compare(a.Turns, b.Turns), cmp.Compare(a.ID, b.ID))
}

// compareYielding puts first who is next to make way for another of its family.
func compareYielding(a, b claim) int {
	return cmp.Or(
		cmp.Compare(b.rank, a.rank),
		compareTrue(a.spent, b.spent),
		cmp.Compare(b.elapsed, a.elapsed),
		cmp.Compare(b.Sent, a.Sent),
		cmp.Compare(b.ID, a.ID),
	)
}

// compareServed puts first who is next to go when the family has to make way: who was sent most.
func compareServed(a, b claim) int {
	return cmp.Or(
		cmp.Compare(b.rank, a.rank),
		cmp.Compare(b.Sent, a.Sent),
		cmp.Compare(b.elapsed, a.elapsed),
		cmp.Compare(b.ID, a.ID),
	)
}

// compareTrue puts true before false.
func compareTrue(a, b bool) int {
	if a == b {
		return 0
	}
	if a {
		return -1
	}
	return 1
}
