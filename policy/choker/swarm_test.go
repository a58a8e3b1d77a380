package choker_test

import (
	"time"

	"sixseed/policy/choker"
)

// swarm is what a seeder keeps of its peers between rounds.
type swarm map[choker.ID]*choker.Peer

// interest makes a peer interested or not. One that is not known joins.
func (s swarm) interest(id choker.ID, interested bool, now time.Time) {
	peer, known := s[id]
	if !known {
		peer = &choker.Peer{ID: id}
		s[id] = peer
	}
	if !peer.Unchoked && peer.Interested != interested {
		peer.Since = now
	}
	peer.Interested = interested
}

// apply carries a decision out.
func (s swarm) apply(decision choker.Decision, now time.Time) {
	for _, id := range decision.Choke {
		s[id].Unchoked, s[id].Since = false, now
	}
	for _, id := range decision.Unchoke {
		s[id].Unchoked, s[id].Since = true, now
	}
}

// snapshot lists the peers in no order.
func (s swarm) snapshot() []choker.Peer {
	peers := make([]choker.Peer, 0, len(s))
	for _, peer := range s {
		peers = append(peers, *peer)
	}
	return peers
}
