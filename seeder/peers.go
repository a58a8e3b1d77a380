package seeder

import (
	"cmp"
	"encoding/hex"
	"slices"

	"sixseed/policy/family"
)

// Peers returns every peer, IPv6 before IPv4, and in each family the fastest first.
func (s *Service) Peers() []PeerStatus {
	peers := s.Swarm.Peers()
	status := make([]PeerStatus, 0, len(peers))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, peer := range peers {
		status = append(status, s.peerStatus(peer))
	}
	slices.SortFunc(status, comparePeers)
	return status
}

func (s *Service) peerStatus(peer Peer) PeerStatus {
	status := peer.Status()
	return PeerStatus{
		Address:    status.Address,
		Family:     status.Family,
		Client:     status.Client,
		Encryption: status.Encryption,
		Incoming:   status.Incoming,
		Since:      status.Since,
		Interested: status.Interested,
		Unchoked:   status.Unchoked,
		Last:       status.Last,
		Queue:      status.Queue,
		Rate:       s.peerRates.of(peer.ID()),
		Traffic:    status.Traffic,
		Progress:   status.Progress,
		InfoHash:   hex.EncodeToString(status.InfoHash[:]),
		Name:       s.names[status.InfoHash],
	}
}

// comparePeers is the order of Peers. Addresses settle what rates leave open, so that a list is the same when nothing
// changed.
func comparePeers(a, b PeerStatus) int {
	return cmp.Or(
		cmp.Compare(b.Family, a.Family), // V6 is the larger
		cmp.Compare(b.Rate, a.Rate),
		a.Address.Compare(b.Address),
		cmp.Compare(a.InfoHash, b.InfoHash),
	)
}

// countPeers adds what peers do to the families' status.
func countPeers(families *family.Pair[FamilyStatus], peers []Peer) {
	for _, peer := range peers {
		status := peer.Status()
		side := families.At(status.Family)
		side.Queue += status.Queue
		if status.Interested {
			side.Interested++
		}
		if status.Unchoked {
			side.Unchoked++
		}
		if status.AtGate {
			side.AtGate++
		}
		if status.Last {
			side.OverDownload++
		}
	}
}

// readPeers returns the counters of peers.
func readPeers(peers []Peer) func(map[uint64]int64) {
	return func(payload map[uint64]int64) {
		for _, peer := range peers {
			payload[peer.ID()] = peer.Status().Traffic.Payload
		}
	}
}
