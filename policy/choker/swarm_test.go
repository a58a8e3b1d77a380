package choker_test

import (
	"slices"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

const (
	keep = 10 * time.Second
	turn = 30 * time.Second
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// bothUnlimited is the limit of neither family.
var bothUnlimited = family.Pair[int]{V4: choker.Unlimited, V6: choker.Unlimited}

// swarm is what a seeder keeps of its peers between rounds.
type swarm map[choker.ID]*choker.Peer

// join makes a peer interested, and known if it is not.
func (s swarm) join(id choker.ID, f family.Family, now time.Time) *choker.Peer {
	peer, known := s[id]
	if !known {
		peer = &choker.Peer{ID: id, Family: f}
		s[id] = peer
	}
	if !peer.Unchoked && !peer.Interested {
		peer.Since = now
	}
	peer.Interested = true
	return peer
}

// apply carries a decision out.
func (s swarm) apply(decision choker.Decision, now time.Time) {
	for _, id := range decision.Choke {
		choke(s[id], now)
	}
	for _, id := range decision.Unchoke {
		unchoke(s[id], now)
	}
}

func choke(peer *choker.Peer, now time.Time) {
	peer.Unchoked, peer.Since, peer.Turns = false, now, peer.Turns+1
	peer.Rate, peer.Waits = 0, false
}

func unchoke(peer *choker.Peer, now time.Time) {
	peer.Unchoked, peer.Since, peer.Sent = true, now, 0
}

// snapshot lists the peers in no order.
func (s swarm) snapshot() []choker.Peer {
	peers := make([]choker.Peer, 0, len(s))
	for _, peer := range s {
		peers = append(peers, *peer)
	}
	return peers
}

// letters names the holders of slots, whose IDs are letters.
func (s swarm) letters() string {
	var holders []byte
	for id, peer := range s {
		if peer.Unchoked {
			holders = append(holders, byte(id))
		}
	}
	slices.Sort(holders)
	return string(holders)
}
