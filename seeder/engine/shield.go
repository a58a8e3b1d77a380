package engine

import (
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/peer_protocol"

	"sixseed/seeder/wire/extension"
)

// shield turns into keep-alives whatever a seed's client need not hear from a peer. Package wire lets none of it through;
// this is the second line, since some of it makes the client panic, and a panic in the client's goroutines cannot be
// recovered. It is called with the client's lock held and must not lock.
func shield(_ *torrent.PeerConn, m *peer_protocol.Message) {
	if m.Keepalive {
		return
	}
	switch m.Type {
	case peer_protocol.Interested, peer_protocol.NotInterested, peer_protocol.Extended:
	default:
		*m = peer_protocol.Message{Keepalive: true}
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
