package engine

import (
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/peer_protocol"
)

// shield turns messages that could make the client panic, or that a seed has no use for, into keep-alives. A panic
// in the client's goroutines cannot be recovered, so none of these may reach it. It is called with the client's lock
// held and must not lock.
func shield(_ *torrent.PeerConn, m *peer_protocol.Message) {
	if !m.Keepalive && harmful(m) {
		*m = peer_protocol.Message{Keepalive: true}
	}
}

func harmful(m *peer_protocol.Message) bool {
	switch m.Type {
	case peer_protocol.Piece: // unasked for: a seed requests nothing
		return true
	case peer_protocol.HashRequest, peer_protocol.Hashes, peer_protocol.HashReject: // BEP 52; torrents are seeded as v1
		return true
	case peer_protocol.HaveNone: // means what silence means; after HaveAll it ruins the count of pieces the peer has
		return true
	case peer_protocol.Port: // there is no DHT to tell
		return true
	case peer_protocol.Request:
		return m.Length == 0
	default:
		return false
	}
}

// limitExtensions offers peers only the extensions that are of use to a seed. The holepunch extension is not among
// them: a rendezvous message from a peer that never offered it makes the client panic.
func limitExtensions(pex bool) func(*torrent.PeerConn) {
	names := []peer_protocol.ExtensionName{peer_protocol.ExtensionNameMetadata}
	if pex {
		names = append(names, peer_protocol.ExtensionNamePex)
	}
	return func(pc *torrent.PeerConn) {
		pc.LocalLtepProtocolMap = &torrent.LocalLtepProtocolMap{Index: names, NumBuiltin: len(names)}
	}
}
