package wire

import (
	"net"

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
