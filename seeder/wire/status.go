package wire

import (
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// PeerStatus is one connection past its handshake, as it is at a moment.
type PeerStatus struct {
	InfoHash   InfoHash
	Family     family.Family
	Address    netip.AddrPort
	Incoming   bool
	Client     string // as it calls itself, or by its peer id; printable; empty until it has said so
	Encryption string // "plain" or "rc4"
	Since      time.Time
	Interested bool
	Unchoked   bool
	Queue      int     // requests that wait
	Traffic    Traffic // of this connection
	Progress   float64 // 0 to 1: how much of the torrent the peer has
}

// Status returns what the connection of a peer is doing.
func (c *Conn) Status() PeerStatus {
	encryption := "plain"
	if c.encrypted.Load() {
		encryption = "rc4"
	}
	return PeerStatus{
		InfoHash:   c.torrent.InfoHash,
		Family:     c.family,
		Address:    c.remote.AddrPort,
		Incoming:   c.incoming,
		Client:     c.peer.name(),
		Encryption: encryption,
		Since:      c.since,
		Interested: c.upload.isInterested(),
		Unchoked:   c.upload.isUnchoked(),
		Queue:      c.upload.waiting(),
		Traffic:    c.traffic.Traffic(),
		Progress:   c.peer.progress(),
	}
}
