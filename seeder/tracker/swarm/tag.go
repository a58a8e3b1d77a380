package swarm

import (
	"encoding/binary"

	"sixseed/seeder/tracker/siphash"
)

// Tag joins the addresses of one client. It decides about counting and order only and never removes anybody, since a
// client's key can be guessed where it is made from the peer id.
type Tag uint32

// Secret is what tags are made with, so that nobody outside can choose two clients that get the same.
type Secret [16]byte

// TagOf returns the tag of the client that announces with this peer id and key. The key is what BEP 15 and BEP 7 call
// so, as a number: the same over UDP and HTTP, and over both families.
func TagOf(secret Secret, peerID [20]byte, key uint32) Tag {
	var message [siphash.Size]byte
	copy(message[:], peerID[:])
	binary.LittleEndian.PutUint32(message[len(peerID):], key)
	return Tag(siphash.New(secret).Sum(message) >> 32)
}
