// Package mse is message stream encryption (MSE, also known as protocol encryption): the handshake that keeps
// BitTorrent's well-known first bytes off the wire, and the RC4 streams that may follow it.
//
// # The handshake
//
// A, who initiates, and B, who receives, agree on a secret S by Diffie-Hellman. A then shows that it knows a torrent's
// info-hash, without telling it to anybody who listens, and offers methods for the rest of the connection:
//
//	A to B: Ya, PadA
//	B to A: Yb, PadB
//	A to B: HASH("req1", S), HASH("req2", info-hash) xor HASH("req3", S),
//	        ENCRYPT(VC, offered methods, len(PadC), PadC, len(IA)), ENCRYPT(IA)
//	B to A: ENCRYPT(VC, chosen method, len(PadD), PadD), and the stream begins
//
// HASH is SHA-1, and ENCRYPT is RC4 with a key made of S and the info-hash, one for each direction. VC is eight zero
// bytes. Nothing says how long PadA and PadB are: B looks for HASH("req1", S) behind PadA, and A for the encrypted VC
// behind PadB. IA is the beginning of A's stream, commonly the BitTorrent handshake.
//
// The letters are those of the specification (https://wiki.vuze.com/w/Message_Stream_Encryption). All numbers are
// big-endian. All this hides traffic from who does not look closely; it authenticates nobody.
//
// # What a stranger can do
//
// Little. A peer can have 1,244 bytes read, into a buffer of that size, and two powers of 768-bit numbers worked out;
// once it has named a torrent that is known here, another 4 KiB read. How much time it may take is for the caller to
// say, by a deadline on the socket.
//
// All is done in the caller's goroutine, which writes a message and then reads one. That needs a connection whose
// buffers hold a message, 636 bytes at most, as those of any socket do. Two sides of this package get along without
// buffers too, as over net.Pipe, because each reads a message of the other at once, paddings included.
package mse

import (
	"crypto/rc4"
	"errors"
	"fmt"
	"strings"
)

// Reasons for ending a handshake that was well-formed. Others mean a peer that does not speak the protocol, or one
// that went away.
var (
	// ErrUnknownTorrent: the peer asks for a torrent that find does not know.
	ErrUnknownTorrent = errors.New("unknown torrent")
	// ErrNoMethod: the two sides have no method in common.
	ErrNoMethod = errors.New("no method in common")
)

// Key is the SHA-1 of "req2" and an info-hash. It is what a stranger's handshake names a torrent by: whoever keeps a
// map from the keys of its torrents can find the one in question by a single look-up.
type Key [hashSize]byte

// KeyOf returns the key that names the torrent with the given info-hash.
func KeyOf(infoHash [20]byte) Key { return hash("req2", infoHash[:]) }

// Method is a way to go on after the handshake, or a set of them.
type Method uint32

// The methods that exist.
const (
	Plain Method = 1 << iota // no encryption
	RC4                      // RC4 from end to end
)

// String returns "plain", "RC4", "plain and RC4", or "none", with the bits that mean nothing in hexadecimal.
func (m Method) String() string {
	var names []string
	if m&Plain != 0 {
		names = append(names, "plain")
	}
	if m&RC4 != 0 {
		names = append(names, "RC4")
	}
	if unknown := m &^ (Plain | RC4); unknown != 0 {
		names = append(names, fmt.Sprintf("%#x", uint32(unknown)))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " and ")
}

// pickedFrom reports whether m is one method, and among those offered.
func (m Method) pickedFrom(offered Method) bool {
	return (m == Plain || m == RC4) && m&offered != 0
}

// Stream is what goes on after the handshake.
type Stream struct {
	// Method is the one that was agreed on.
	Method Method
	// Head is what the peer sent along with the handshake, in plain text, to be read before anything else. It may be
	// empty, and is a few KiB at most.
	Head []byte
	// In decrypts what is read from the peer from now on, and Out encrypts what is written to it. Both are nil if
	// the method is Plain.
	In, Out *rc4.Cipher
}
