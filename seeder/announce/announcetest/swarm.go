package announcetest

import (
	"encoding/binary"
	"net/netip"

	"sixseed/policy/family"
)

// swarm is who announced one info-hash, by where they listen, and whether they seed.
type swarm map[netip.AddrPort]bool

// maxPeers bounds an answer.
const maxPeers = 50

// take puts the announcer into the swarm, or takes it out, and returns others: to a seed no seeds.
func (s swarm) take(announce Announce) []netip.AddrPort {
	self := netip.AddrPortFrom(announce.Remote.Addr(), announce.Port)
	if announce.Event == "stopped" {
		delete(s, self)
		return nil
	}
	seeds := announce.Left == 0
	s[self] = seeds
	want := maxPeers
	if announce.NumWant >= 0 {
		want = min(want, int(announce.NumWant))
	}
	var others []netip.AddrPort
	for peer, seed := range s {
		if peer != self && (!seeds || !seed) && len(others) < want {
			others = append(others, peer)
		}
	}
	return others
}

// compact writes the peers of family f in the form of BEP 23 and BEP 7.
func compact(peers []netip.AddrPort, f family.Family) []byte {
	var list []byte
	for _, peer := range peers {
		if peer.Addr().Is6() == (f == family.V6) {
			list = append(list, peer.Addr().AsSlice()...)
			list = binary.BigEndian.AppendUint16(list, peer.Port())
		}
	}
	return list
}
