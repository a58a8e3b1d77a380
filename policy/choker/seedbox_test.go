package choker_test

import (
	"slices"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

// idleAfter is how long a holder may take nothing before it counts as idle.
const idleAfter = 5 * time.Second

// leecher is a peer with what it wants and what it has got.
type leecher struct {
	choker.Peer
	capacity int64 // bytes per second it can take
	wants    int64 // bytes it does not have yet
	got      int64
	arrives  time.Duration
	waited   time.Duration // until its first slot
	took     time.Duration // until it had what it wanted
}

// seedbox is a seed whose link gives its leechers strictly by family, and in a family everybody the same.
type seedbox struct {
	link     int64 // bytes per second
	tick     time.Duration
	rules    choker.Rules
	auto     choker.Auto // decides the slots if the rules have none
	room     choker.Room
	elapsed  time.Duration
	leechers []*leecher // by ID
	present  []*leecher
	arrived  int // leechers that are there or were
	peers    []choker.Peer

	sent   family.Pair[int64]
	idle   time.Duration // for how long the link was not used up though somebody wanted more
	chokes family.Pair[int]
}

func newSeedbox(link int64, slots int) *seedbox {
	return &seedbox{
		link: link, tick: time.Second,
		rules: choker.Rules{Slots: slots, Limit: bothUnlimited, Keep: keep, Turn: turn},
	}
}

func (b *seedbox) add(f family.Family, arrives time.Duration, capacity, wants int64) *leecher {
	id := choker.ID(len(b.leechers))
	l := &leecher{Peer: choker.Peer{ID: id, Family: f, Quota: 20 << 20}, capacity: capacity, wants: wants, arrives: arrives}
	b.leechers = append(b.leechers, l)
	return l
}

// run lets time pass. Leechers must have been added in the order they arrive.
func (b *seedbox) run(d time.Duration) {
	for end := b.elapsed + d; b.elapsed < end; b.elapsed += b.tick {
		for ; b.arrived < len(b.leechers) && b.leechers[b.arrived].arrives <= b.elapsed; b.arrived++ {
			b.interest(b.leechers[b.arrived:b.arrived+1], true)
		}
		b.round()
		left := b.serve(family.V6, b.link)
		b.serve(family.V4, left)
		b.take()
		b.look(left)
	}
}

func (b *seedbox) now() time.Time { return start.Add(b.elapsed) }

// round gives slots.
func (b *seedbox) round() {
	b.peers = b.peers[:0]
	for _, l := range b.present {
		b.peers = append(b.peers, l.Peer)
	}
	rules := b.rules
	if rules.Slots == 0 {
		b.auto = b.auto.Next(b.peers, 10_000, b.now())
		rules.Slots = b.auto.Slots
	}
	if !b.room.Since.IsZero() {
		rules.Limit.V4 = b.room.Slots
	}
	decision := rules.Decide(b.peers, b.now())
	for _, id := range decision.Choke {
		l := b.leechers[id]
		choke(&l.Peer, b.now())
		if l.Interested {
			*b.chokes.At(l.Family)++
		}
	}
	for _, id := range decision.Unchoke {
		l := b.leechers[id]
		if l.Turns == 0 {
			l.waited = b.elapsed - l.arrives
		}
		unchoke(&l.Peer, b.now())
	}
	b.present = slices.DeleteFunc(b.present, func(l *leecher) bool { return !l.Interested })
}

// serve shares a rate out among a family's holders and returns what they leave.
func (b *seedbox) serve(f family.Family, rate int64) int64 {
	var hungry []*leecher
	for _, l := range b.present {
		if l.Unchoked && l.Family == f {
			l.Rate = 0
			hungry = append(hungry, l)
		}
	}
	for len(hungry) > 0 {
		share := rate / int64(len(hungry))
		before := len(hungry)
		hungry = slices.DeleteFunc(hungry, func(l *leecher) bool {
			if l.Waits = l.capacity > share; l.Waits {
				return false
			}
			l.Rate = l.capacity
			rate -= l.Rate
			return true
		})
		if len(hungry) == before {
			for _, l := range hungry {
				l.Rate = share
			}
			return 0
		}
	}
	return rate
}

// take lets a tick's bytes arrive.
func (b *seedbox) take() {
	for _, l := range b.present {
		if !l.Unchoked {
			continue
		}
		l.Idle = l.Sent == 0 && !l.Waits && (l.Idle || b.now().Sub(l.Since) >= idleAfter)
		bytes := min(l.Rate*int64(b.tick/time.Millisecond)/1000, l.wants)
		l.Sent += bytes
		l.got += bytes
		l.wants -= bytes
		*b.sent.At(l.Family) += bytes
		if l.wants == 0 {
			l.Interested, l.took = false, b.elapsed+b.tick-l.arrives
		}
	}
}

// look tells the room what is left, and notes whether any of it is lost.
func (b *seedbox) look(left int64) {
	leftover, wanted := choker.Leftover{Rate: left, Upload: b.link}, int64(0)
	used := int64(0)
	for _, l := range b.present {
		wanted += l.capacity
		if l.Unchoked {
			used += l.Rate
		}
		if l.Unchoked && l.Family == family.V4 {
			leftover.Holders++
			if l.Waits {
				leftover.Waiting++
			}
		}
	}
	if used < min(b.link, wanted)*98/100 {
		b.idle += b.tick
	}
	b.room = b.room.Next(leftover, b.now())
}

// spread returns the least and the most that any leecher of a family has got.
func (b *seedbox) spread(f family.Family) (least, most int64) {
	least = -1
	for _, l := range b.leechers {
		if l.Family != f {
			continue
		}
		most = max(most, l.got)
		if least < 0 || l.got < least {
			least = l.got
		}
	}
	return least, most
}

// interest makes leechers interested or not.
func (b *seedbox) interest(leechers []*leecher, interested bool) {
	for _, l := range leechers {
		l.Interested, l.Since = interested, b.now()
		if interested && !slices.Contains(b.present, l) {
			b.present = append(b.present, l)
		}
	}
}
