package wire

import (
	"net/netip"

	"sixseed/policy/family"
)

// Gate decides when block data may be sent.
type Gate interface {
	// Join returns the share of a connection past its handshake.
	Join(f family.Family, addr netip.Addr) Share
}

// Share is one connection's share of the upload.
type Share interface {
	// Take waits until block data may be sent, and returns how many bytes, no more than wanted. It returns 0 once
	// interrupt can be received from, or has been.
	Take(interrupt <-chan struct{}, wanted int64) int64
	// Return gives back what was taken and not sent.
	Return(bytes int64)
	// Put says whether the connection is to be served last in its family.
	Put(last bool)
	// Leave ends the share.
	Leave()
}

// PutLast says whether the peer is to be served when no other of its family waits.
func (c *Conn) PutLast(last bool) {
	if c.last.Swap(last) != last && c.share != nil {
		c.share.Put(last)
	}
}
