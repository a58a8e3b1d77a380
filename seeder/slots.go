package seeder

import (
	"context"
	"sync/atomic"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

const (
	roundInterval = time.Second            // between two rounds when nothing happens
	roundPause    = 100 * time.Millisecond // the least between two rounds, however often peers want one
	slotTurn      = 30 * time.Second       // how long a peer keeps its slot at most while others wait
	slotKeep      = 10 * time.Second       // how long it does so at least
	turnPieces    = 20                     // how many pieces are a turn
	// unusedAfter is how long a peer may leave its slot unused.
	unusedAfter = 5 * time.Second
)

// slots gives upload slots to peers, round by round: gather how they stand, decide, apply.
type slots struct {
	swarm   Swarm
	uplink  *uplink
	now     func() time.Time
	limit   atomic.Int64  // 0: as many as are useful
	changed chan struct{} // holds a token once a limit is another
	auto    choker.Auto
	places  places
	held    atomic.Pointer[Holding]
}

// Holding is who holds upload slots and who waits for one, as of the last round.
type Holding struct {
	Slots   int // of both families
	Waiting family.Pair[Waiting]
}

// Waiting is interested peers without an upload slot.
type Waiting struct {
	Peers   int
	Longest time.Duration // that the first of them has waited
}

func newSlots(swarm Swarm, uplink *uplink, limit int, now func() time.Time) *slots {
	s := &slots{swarm: swarm, uplink: uplink, now: now, changed: make(chan struct{}, 1), places: newPlaces()}
	s.limit.Store(int64(limit))
	s.held.Store(new(Holding))
	return s
}

// SetSlots changes how many peers may hold an upload slot at one time; 0 is as many as are useful. It takes effect at
// once.
func (s *Service) SetSlots(n int) { s.slots.set(n) }

func (s *slots) set(n int) {
	s.limit.Store(int64(n))
	s.want()
}

// want has a round held at once.
func (s *slots) want() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// run holds rounds until ctx ends: one every second, and one at once when there is a reason.
func (s *slots) run(ctx context.Context) error {
	ticker := time.NewTicker(roundInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-s.swarm.Wanted():
		case <-s.changed:
		}
		s.round()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(roundPause):
		}
	}
}

func (s *slots) round() {
	now := s.now()
	peers := s.places.gather(s.swarm.Peers(), s.uplink.full(), now)
	rules := s.uplink.rules()
	rules.Slots = s.number(peers, now)
	s.places.apply(rules.Decide(peers, now), now)
	s.uplink.note(demandOf(family.V4, peers))
	s.held.Store(&Holding{Slots: rules.Slots, Waiting: s.places.waiting(now)})
}

// number is how many slots there are now.
func (s *slots) number(peers []choker.Peer, now time.Time) int {
	if limit := s.limit.Load(); limit > 0 {
		return int(limit)
	}
	const fewPeers = 8 // for whom there are slots before they come
	s.auto = s.auto.Next(peers, max(len(peers), fewPeers), now)
	return s.auto.Slots
}

// demandOf is how a family's peers stand.
func demandOf(f family.Family, peers []choker.Peer) (d demand) {
	for i := range peers {
		if peer := &peers[i]; peer.Family == f && peer.Unchoked && peer.Interested {
			d.holders++
			if peer.Waits {
				d.waiting++
			}
		}
	}
	return d
}
