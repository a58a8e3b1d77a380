package swarm_test

import (
	"encoding/binary"
	"net/netip"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// everything tells everybody of all.
func everything(_ swarm.Demand) swarm.Share {
	return swarm.Share{Pair: family.Pair[int]{V4: 1 << 20, V6: 1 << 20}}
}

// peersOf reads compact peers whose addresses have that many bytes.
func peersOf(compact []byte, size int) (peers []netip.AddrPort) {
	for ; len(compact) > 0; compact = compact[size+2:] {
		addr, _ := netip.AddrFromSlice(compact[:size])
		peers = append(peers, netip.AddrPortFrom(addr, binary.BigEndian.Uint16(compact[size:])))
	}
	return peers
}
