package seeder

import (
	"context"
	"maps"
	"sync/atomic"
	"time"

	"sixseed/policy/choker"
)

const (
	roundInterval = 10 * time.Second       // between two rounds when nothing happens (BEP 3)
	roundPause    = 100 * time.Millisecond // the least between two rounds, however often peers want one
	slotTurn      = 30 * time.Second       // how long a peer keeps its slot while others wait
)

// slots gives upload slots to peers, round by round: gather how they stand, decide, apply.
type slots struct {
	swarm   Swarm
	now     func() time.Time
	limit   atomic.Int64  // 0: everybody who is interested
	changed chan struct{} // holds a token once the limit is another
	places  map[choker.ID]*place
	rounds  uint64
}

// place is how a peer stood in the last round that saw it.
type place struct {
	peer       Peer
	interested bool
	since      time.Time // since when it holds a slot or does not, and is interested or is not
	round      uint64
}

func newSlots(swarm Swarm, limit int, now func() time.Time) *slots {
	s := &slots{swarm: swarm, now: now, changed: make(chan struct{}, 1), places: make(map[choker.ID]*place)}
	s.limit.Store(int64(limit))
	return s
}

// SlotLimit returns how many peers may hold an upload slot at one time; 0 is everybody who is interested.
func (s *Service) SlotLimit() int { return int(s.slots.limit.Load()) }

// SetSlots changes SlotLimit. It takes effect at once.
func (s *Service) SetSlots(n int) { s.slots.set(n) }

func (s *slots) set(n int) {
	s.limit.Store(int64(n))
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// run holds rounds until ctx ends: one every ten seconds, and one at once when there is a reason.
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
	peers := s.gather(now)
	rules := choker.Rules{Slots: int(s.limit.Load()), Turn: slotTurn}
	s.apply(rules.Decide(peers, now), now)
}

// gather returns how all peers stand, and forgets those that are gone.
func (s *slots) gather(now time.Time) []choker.Peer {
	s.rounds++
	peers := s.swarm.Peers()
	snapshots := make([]choker.Peer, 0, len(peers))
	for _, peer := range peers {
		status, id := peer.Status(), choker.ID(peer.ID())
		place := s.place(id, peer, now)
		if place.interested != status.Interested {
			place.interested, place.since = status.Interested, now
		}
		snapshots = append(snapshots, choker.Peer{
			ID: id, Family: status.Family, Interested: status.Interested, Unchoked: status.Unchoked, Since: place.since,
		})
	}
	maps.DeleteFunc(s.places, func(_ choker.ID, place *place) bool { return place.round != s.rounds })
	return snapshots
}

// place returns the place of a peer that is there in this round.
func (s *slots) place(id choker.ID, peer Peer, now time.Time) *place {
	known, ok := s.places[id]
	if !ok {
		known = &place{peer: peer, since: now}
		s.places[id] = known
	}
	known.round = s.rounds
	return known
}

func (s *slots) apply(decision choker.Decision, now time.Time) {
	for _, id := range decision.Choke {
		s.places[id].since = now
		s.places[id].peer.Choke()
	}
	for _, id := range decision.Unchoke {
		s.places[id].since = now
		s.places[id].peer.Unchoke()
	}
}
