package message

import (
	"errors"
	"fmt"
)

// HandshakeLength is the size of a handshake: 20 bytes of protocol name, 8 reserved, 20 of info-hash, 20 of peer id
// (BEP 3).
const HandshakeLength = 68

// Protocol is how every handshake begins: the name's length and the name.
const Protocol = "\x13BitTorrent protocol"

// Where in the reserved bytes the extensions are that this package knows.
const (
	extendedByte, extendedBit = 5, 0x10 // BEP 10
	fastByte, fastBit         = 7, 0x04 // BEP 6
)

// ErrNoHandshake says that a stream does not begin with a BitTorrent handshake.
var ErrNoHandshake = errors.New("not a BitTorrent handshake")

// Handshake is what both sides of a connection send first.
type Handshake struct {
	Reserved [8]byte // a bit for each extension that is understood
	InfoHash [20]byte
	PeerID   [20]byte
}

// ParseHandshake reads a handshake of [HandshakeLength] bytes. It returns [ErrNoHandshake] for one of another protocol.
func ParseHandshake(b []byte) (Handshake, error) {
	var h Handshake
	if len(b) != HandshakeLength {
		return h, fmt.Errorf("parse handshake: %d bytes, want %d", len(b), HandshakeLength)
	}
	if string(b[:len(Protocol)]) != Protocol {
		return h, ErrNoHandshake
	}
	b = b[len(Protocol):]
	b = b[copy(h.Reserved[:], b):]
	b = b[copy(h.InfoHash[:], b):]
	copy(h.PeerID[:], b)
	return h, nil
}

// Append appends the handshake to b.
func (h Handshake) Append(b []byte) []byte {
	b = append(b, Protocol...)
	b = append(b, h.Reserved[:]...)
	b = append(b, h.InfoHash[:]...)
	return append(b, h.PeerID[:]...)
}

// Fast reports whether the sender understands the fast extension (BEP 6): have all, have none, reject request, suggest
// piece and allowed fast.
func (h Handshake) Fast() bool { return h.Reserved[fastByte]&fastBit != 0 }

// Extended reports whether the sender understands the extension protocol (BEP 10).
func (h Handshake) Extended() bool { return h.Reserved[extendedByte]&extendedBit != 0 }

// Known returns the handshake without the extensions that this package does not know.
func (h Handshake) Known() Handshake {
	h.Reserved = [8]byte{
		extendedByte: h.Reserved[extendedByte] & extendedBit,
		fastByte:     h.Reserved[fastByte] & fastBit,
	}
	return h
}
