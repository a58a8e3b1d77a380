// Package extension reads and writes the messages of the extension protocol (BEP 9, 10, 11, 21) that are let through
// between a peer and the engine's client.
//
// What a peer says here is bencode of any shape, and the client's decoder trusts it: it recurses as deep as a message
// nests and keeps every name it meets. So the client never sees a peer's own bytes. They are read by a decoder with
// bounds (length, depth, numbers), into values of which all are accounted for, and the client is given a message built
// anew from these. The other way, the client's own handshake is put right before it leaves.
//
// Structure is strict: bytes that are not bencode are an error, and the connection is better closed. Meaning is
// lenient: keys may come in any order, and keys that nobody knows and values of the wrong kind or out of range are
// passed over, since clients of every age send them.
package extension

// The ids under which peers are told to send us messages (BEP 10, "m"). Id 0 is the handshake itself.
const (
	MetadataID = 1 // ut_metadata
	PEXID      = 2 // ut_pex
)

// MaxLength is how long, in bytes, a message may be for this package to read it. Honest handshakes have some hundred
// bytes, PEX messages up to three thousand.
const MaxLength = 16 << 10
