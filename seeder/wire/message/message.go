// Package message knows the messages of the peer wire protocol: their ids and frames, how one is cut out of a stream,
// and how one is built (BEP 3, 5, 6, 10, 52).
//
// A connection opens with a [Handshake] of fixed length. All that follows is frames: a length prefix of four bytes in
// network order, then as many bytes, the first of which is the message's id. A frame of length nought has no id and is
// a keep-alive. [Frames] cuts what arrives into frames without copying those that arrive in one portion, and asks its
// user how long a message may be before it waits for one, so that a length prefix alone costs nothing.
//
// Nothing here knows what a message means for a connection: that is its user's part.
package message

import (
	"encoding/binary"
	"fmt"
)

// ID says what kind of message a frame is.
type ID uint8

// The messages of BEP 3.
const (
	Choke         ID = 0
	Unchoke       ID = 1
	Interested    ID = 2
	NotInterested ID = 3
	Have          ID = 4
	Bitfield      ID = 5
	Request       ID = 6
	Piece         ID = 7
	Cancel        ID = 8
)

// The messages of its extensions.
const (
	Port          ID = 9 // BEP 5: the port of the peer's DHT node
	SuggestPiece  ID = 13
	HaveAll       ID = 14
	HaveNone      ID = 15
	RejectRequest ID = 16
	AllowedFast   ID = 17 // BEP 6, like the four before
	Extended      ID = 20 // BEP 10
	HashRequest   ID = 21
	Hashes        ID = 22
	HashReject    ID = 23 // BEP 52, like the two before
)

var names = [...]string{
	Choke:         "choke",
	Unchoke:       "unchoke",
	Interested:    "interested",
	NotInterested: "not interested",
	Have:          "have",
	Bitfield:      "bitfield",
	Request:       "request",
	Piece:         "piece",
	Cancel:        "cancel",
	Port:          "port",
	SuggestPiece:  "suggest piece",
	HaveAll:       "have all",
	HaveNone:      "have none",
	RejectRequest: "reject request",
	AllowedFast:   "allowed fast",
	Extended:      "extended",
	HashRequest:   "hash request",
	Hashes:        "hashes",
	HashReject:    "hash reject",
}

// String returns the name that the BEP gives the message, or its number.
func (id ID) String() string {
	if int(id) < len(names) && names[id] != "" {
		return names[id]
	}
	return fmt.Sprintf("message %d", uint8(id))
}

const (
	prefixLength = 4
	headerLength = prefixLength + 1 // the prefix and the id
)

// Frame is one whole message with its length prefix. A frame of four bytes is a keep-alive.
type Frame []byte

// KeepAlive reports whether the frame is a keep-alive, which has neither id nor body.
func (f Frame) KeepAlive() bool { return len(f) < headerLength }

// ID is the message's id. It must not be asked for of a keep-alive.
func (f Frame) ID() ID { return ID(f[prefixLength]) }

// Body is what follows the id; nothing in a keep-alive.
func (f Frame) Body() []byte {
	if f.KeepAlive() {
		return nil
	}
	return f[headerLength:]
}

// AppendKeepAlive appends a keep-alive to b.
func AppendKeepAlive(b []byte) []byte { return binary.BigEndian.AppendUint32(b, 0) }

// Append appends a message to b.
func Append(b []byte, id ID, body ...byte) []byte {
	return append(appendHeader(b, id, len(body)), body...)
}

// appendHeader begins a message whose body, of bodyLength bytes, is appended next.
func appendHeader(b []byte, id ID, bodyLength int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(1+bodyLength)) //nolint:gosec // what we send is never as long as 4 GiB
	return append(b, byte(id))
}
