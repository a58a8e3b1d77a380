package swarm

import "net/netip"

// InfoHash names a swarm: the SHA-1 of a torrent's info dictionary, or the first 20 bytes of its SHA-256 (BEP 52).
type InfoHash = [20]byte

// Event is what a client says has happened to it since its last announce.
type Event uint8

// The events of BEP 3, and that of BEP 21. The zero value is the announce in between.
const (
	None Event = iota
	Completed
	Started
	Stopped
	Paused // a partial seed: it lacks pieces, and wants none
)

// Announce is one announce of one client over one family.
type Announce struct {
	InfoHash InfoHash
	Peer     netip.AddrPort // where it was heard from, unmapped, with the port that it says it listens on
	Tag      Tag
	Event    Event
	Seed     bool // it has everything: left is 0
	NumWant  int  // how many peers it asks for; below 0: it did not say

	// BothFamilies says whether the answer can carry peers of both families, as over HTTP (BEP 7). Over UDP it carries
	// those of the packet's own (BEP 15).
	BothFamilies bool
}

// Answer is what a client is told. It can be used again for the next announce: the memory of its slices is kept.
type Answer struct {
	Seeders, Leechers, Downloaded uint32 // as in Counts

	Peers6 []byte // 16 bytes of address and 2 of port for each peer (BEP 7)
	Peers4 []byte // 4 bytes of address and 2 of port for each peer (BEP 23)
	Proven bool   // the client is known to reach IPv6: it announces over it, now or lately with the same tag
}

// Counts are how many take part in a swarm: clients, not addresses. Who announces over both families counts once.
type Counts struct {
	Seeders     uint32
	Leechers    uint32 // partial seeds among them
	Downloaders uint32 // the leechers without the partial seeds (BEP 21)
	Downloaded  uint32 // how often a download was finished
}
