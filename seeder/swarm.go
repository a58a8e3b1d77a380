package seeder

import (
	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// Peer is a connection past its handshake. A *wire.Conn is one.
type Peer interface {
	// ID names the connection; no other ever has the same.
	ID() uint64
	// Status returns how the connection is at this moment.
	Status() wire.PeerStatus
	// Unchoke lets the peer's requests be answered, Choke ends that (BEP 3). Neither waits for the peer, and for a
	// connection that is closed or as it should be they do nothing.
	Unchoke()
	Choke()
	// PutLast says whether the peer is to be served when no other of its family waits.
	PutLast(last bool)
}

// Swarm is the peers of all torrents.
type Swarm interface {
	// Peers returns those of this moment, in any order.
	Peers() []Peer
	// Count returns how many these are.
	Count() int
	// Wanted returns a channel that has a token when upload slots should be given anew: somebody became interested, or
	// left a slot.
	Wanted() <-chan struct{}
	// Paths returns how packets fare on connections of a family on which blocks have gone out since the last call: no more
	// than limit.
	Paths(f family.Family, limit int) []bandwidth.Path
	// Accepted returns how many connections came in since the start.
	Accepted(f family.Family) int64
	// Ended returns how many connections have ended since the start, those that were turned away among them, by reason.
	Ended() map[wire.Reason]family.Pair[int64]
}

// SwarmOf returns the peers that have come through an endpoint.
func SwarmOf(e *wire.Endpoint) Swarm { return endpointSwarm{e} }

type endpointSwarm struct{ *wire.Endpoint }

var _ Peer = (*wire.Conn)(nil)

func (s endpointSwarm) Peers() []Peer {
	conns := s.Endpoint.Peers()
	peers := make([]Peer, len(conns))
	for i, conn := range conns {
		peers[i] = conn
	}
	return peers
}
