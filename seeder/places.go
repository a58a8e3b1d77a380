package seeder

import (
	"maps"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// places is how the peers stood in the last round.
type places struct {
	of     map[choker.ID]*place
	rounds uint64
}

// place is how a peer stood in the last round that saw it.
type place struct {
	peer       Peer
	family     family.Family
	interested bool
	unchoked   bool
	since      time.Time // since when it holds a slot or does not, and is interested or is not
	turns      int       // slots that it has lost
	before     int64     // bytes that it had been sent when it got its slot
	sent       int64     // and had been sent in all
	progress   time.Time // when that became more, or could have begun to
	rate       float64   // bytes per second, smoothed
	looked     time.Time
	idle       bool // it leaves its slot unused
	round      uint64
}

func newPlaces() places { return places{of: make(map[choker.ID]*place)} }

// gather returns how all peers stand, and forgets those that are gone. full says that the link has no room, whatever the
// limits are.
func (p *places) gather(peers []Peer, full bool, now time.Time) []choker.Peer {
	p.rounds++
	snapshots := make([]choker.Peer, 0, len(peers))
	for _, peer := range peers {
		id := choker.ID(peer.ID())
		known, ok := p.of[id]
		if !ok {
			known = &place{peer: peer, since: now, progress: now, looked: now}
			p.of[id] = known
		}
		known.round = p.rounds
		snapshots = append(snapshots, known.look(id, peer.Status(), full, now))
	}
	maps.DeleteFunc(p.of, func(_ choker.ID, place *place) bool { return place.round != p.rounds })
	return snapshots
}

// look takes the peer's status and returns how it stands.
func (p *place) look(id choker.ID, status wire.PeerStatus, full bool, now time.Time) choker.Peer {
	p.family, p.unchoked = status.Family, status.Unchoked
	if p.interested != status.Interested {
		p.interested = status.Interested
		p.since, p.progress = now, now
	}
	waits := status.Unchoked && (status.AtGate || full && status.Queue > 0)
	p.measure(status.Traffic.Payload, waits, now)
	return choker.Peer{
		ID: id, Family: status.Family, Interested: status.Interested, Unchoked: status.Unchoked, Since: p.since,
		Turns: p.turns, Sent: p.sent - p.before, Quota: turnPieces * status.PieceLength,
		Rate: int64(p.rate), Waits: waits, Last: status.Last, Idle: p.idle,
	}
}

// measure notes how much the peer has been sent until now, and whether it leaves its slot unused.
func (p *place) measure(sent int64, waits bool, now time.Time) {
	const memory = 3 * time.Second // about as long as a rate is remembered
	if elapsed := now.Sub(p.looked); elapsed > 0 {
		weight := min(1, elapsed.Seconds()/memory.Seconds())
		p.rate += weight * (float64(sent-p.sent)/elapsed.Seconds() - p.rate)
	}
	if sent != p.sent || waits || !p.unchoked {
		p.idle = p.idle && sent == p.sent
		p.progress = now
	}
	p.sent, p.looked = sent, now
	p.idle = p.idle || now.Sub(p.progress) >= unusedAfter
}

// apply carries out a decision.
func (p *places) apply(decision choker.Decision, now time.Time) {
	for _, id := range decision.Choke {
		place := p.of[id]
		place.since, place.unchoked = now, false
		place.turns++
		place.peer.Choke()
	}
	for _, id := range decision.Unchoke {
		place := p.of[id]
		place.since, place.progress, place.unchoked = now, now, true
		place.before = place.sent
		place.peer.Unchoke()
	}
}

// waiting is who is interested and has no slot.
func (p *places) waiting(now time.Time) (waiting family.Pair[Waiting]) {
	for _, place := range p.of {
		if place.interested && !place.unchoked {
			w := waiting.At(place.family)
			w.Peers++
			w.Longest = max(w.Longest, now.Sub(place.since))
		}
	}
	return waiting
}
