package engine

import (
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/peer_protocol"

	"sixseed/seeder/wire/extension"
)

// shield turns messages that could make the client panic, or that a seed has no use for, into keep-alives. A panic
// in the client's goroutines cannot be recovered, so none of these may reach it: package wire lets none through, and
// here is the second line. It is called with the client's lock held and must not lock.
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
	default:
		return false
	}
}

// limitExtensions offers peers only the extensions that are of use to a seed. The holepunch extension is not among
// them: a rendezvous message from a peer that never offered it makes the client panic.
func limitExtensions(pex bool) func(*torrent.PeerConn) {
	// The client gives the name at index i the id i+1.
	names := make([]peer_protocol.ExtensionName, extension.PEXID)
	names[extension.MetadataID-1] = peer_protocol.ExtensionNameMetadata
	names[extension.PEXID-1] = peer_protocol.ExtensionNamePex
	if !pex {
		names = names[:extension.MetadataID]
	}
	return func(pc *torrent.PeerConn) {
		pc.LocalLtepProtocolMap = &torrent.LocalLtepProtocolMap{Index: names, NumBuiltin: len(names)}
	}
}
