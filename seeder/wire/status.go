package wire

import (
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// PeerStatus is one connection past its handshake, as it is at a moment.
type PeerStatus struct {
	InfoHash            InfoHash
	Family              family.Family // what Address counts as
	Address             netip.AddrPort
	Incoming            bool
	Client              string // as it calls itself, or by its peer id; printable; empty until it has said so
	Encryption          string // "plain" or "rc4"
	Since               time.Time
	Interested          bool
	Unchoked            bool
	AtGate              bool     // it has its slot and waits for its turn to be sent something
	Last                bool     // it comes last in its family (Conn.PutLast)
	Queue               int      // requests that wait
	Traffic             Traffic  // of this connection
	PieceLength, Length int64    // of the torrent, in bytes
	PeerID              [20]byte // as its handshake says
	Progress            float64  // 0 to 1: how much of the torrent the peer has
}

// Status returns what the connection of a peer is doing.
func (c *Conn) Status() PeerStatus {
	encryption := "plain"
	if c.encrypted.Load() {
		encryption = "rc4"
	}
	return PeerStatus{
		InfoHash:    c.torrent.InfoHash,
		Family:      c.family,
		Address:     c.remote.AddrPort,
		Incoming:    c.incoming,
		Client:      c.peer.name(),
		Encryption:  encryption,
		Since:       c.since,
		Interested:  c.upload.isInterested(),
		Unchoked:    c.upload.isUnchoked(),
		AtGate:      c.atGate.Load(),
		Last:        c.last.Load(),
		Queue:       c.upload.waiting(),
		PieceLength: c.torrent.PieceLength,
		Length:      c.torrent.Length,
		PeerID:      c.peer.peerID(),
		Traffic:     c.traffic.Traffic(),
		Progress:    c.peer.progress(),
	}
}
