package message

import (
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"slices"
)

// AllowedFastSet returns the pieces that a peer at ip may ask for while it is choked: the k of a torrent of that many
// pieces that BEP 6, "Allowed Fast Set Generation", finds, in the order in which it finds them, or all pieces if there
// are no more than k.
//
// The BEP takes the first 24 bits of an IPv4 address, so that a user with several addresses in one network gains
// nothing by them, and says nothing of IPv6. There a user's network is a /64, so the address with its last 64 bits
// cleared is taken. Clients differ (libtorrent takes the whole address in both families), and may: a peer goes by what
// it is told.
func AllowedFastSet(ip netip.Addr, infoHash [20]byte, pieces, k int) []uint32 {
	k = min(k, pieces)
	if k <= 0 {
		return nil
	}
	set := make([]uint32, 0, k)
	if k == pieces {
		for piece := range k {
			set = append(set, uint32(piece))
		}
		return set
	}
	digest := sha1.Sum(append(network(ip), infoHash[:]...))
	for {
		for word := range slices.Chunk(digest[:], indexLength) {
			piece := binary.BigEndian.Uint32(word) % uint32(pieces) //nolint:gosec // an index has four bytes on the wire
			if slices.Contains(set, piece) {
				continue
			}
			if set = append(set, piece); len(set) == k {
				return set
			}
		}
		digest = sha1.Sum(digest[:])
	}
}

// network returns ip with the bits cleared that tell apart the addresses of one network.
func network(ip netip.Addr) []byte {
	ip = ip.Unmap()
	bits := 64
	if ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil { // no address at all
		return nil
	}
	return prefix.Addr().AsSlice()
}
