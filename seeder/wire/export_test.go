package wire

import (
	"net"
	"net/netip"

	"sixseed/policy/family"
)

// CountPayload counts the data of blocks in a stream given in portions.
func CountPayload(portions ...[]byte) int64 {
	meter := newPayloadMeter()
	var payload int64
	for _, portion := range portions {
		payload += meter.count(portion)
	}
	return payload
}

// NewListener makes a listener of a socket that a test controls.
func NewListener(e *Endpoint, f family.Family, socket net.Listener) *Listener {
	return newListener(e, f, socket)
}

// NewIncoming makes an incoming connection of a socket that a test controls.
func NewIncoming(e *Endpoint, socket net.Conn, remote netip.AddrPort) *Conn {
	return newConn(e, socket, remote, new(incoming))
}

// Stalled is how long a peer may take nothing.
const Stalled = stalled
