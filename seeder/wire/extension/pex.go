package extension

import (
	"fmt"
	"net/netip"
	"slices"
)

// maxPEX is how many peers of a list are passed on. An honest message has no more (BEP 11).
const maxPEX = 50

const portLength = 2 // of a compact peer, after its address (BEP 23, BEP 7)

// peerList is a list of a ut_pex message: peers of one family that came or went, and a byte of flags for each that
// came.
type peerList struct {
	key, flagsKey string // flagsKey is empty if the list has no flags
	size          int    // of a peer
	peers, flags  []byte
}

// CleanPEX returns the body of a ut_pex message (BEP 11), which comes without its extension id, built anew from what
// can be taken seriously: of each list the first 50 peers, less those with an address that nobody can dial. It returns
// nil if no peer is left and there is nothing to pass on, and an error for a body that is not bencode or has a list
// that does not consist of whole peers.
func CleanPEX(body []byte) ([]byte, error) {
	lists := [...]peerList{ // in the order of their keys
		{key: "added", flagsKey: "added.f", size: 4 + portLength},
		{key: "added6", flagsKey: "added6.f", size: 16 + portLength},
		{key: "dropped", size: 4 + portLength},
		{key: "dropped6", size: 16 + portLength},
	}
	c := newCursor(body)
	for key := range c.dictionary() {
		for i := range lists {
			lists[i].read(c, key)
		}
	}
	if err := c.end(); err != nil {
		return nil, fmt.Errorf("parse ut_pex message: %w", err)
	}
	clean := []byte{'d'}
	for _, list := range lists {
		if len(list.peers)%list.size != 0 {
			return nil, fmt.Errorf("parse ut_pex message: %q has %d bytes, peers have %d", list.key, len(list.peers), list.size)
		}
		clean = list.append(clean)
	}
	if len(clean) == len("d") {
		return nil, nil
	}
	return append(clean, 'e'), nil
}

// read takes the value of a key if it belongs to the list.
func (l *peerList) read(c *cursor, key []byte) {
	switch {
	case string(key) == l.key:
		l.peers = c.text()
	case l.flagsKey != "" && string(key) == l.flagsKey:
		l.flags = c.text()
	}
}

// append appends to b the keys and values of what is passed on, or nothing if no peer is.
func (l *peerList) append(b []byte) []byte {
	peers, flags := l.pass()
	if len(peers) == 0 {
		return b
	}
	b = appendText(appendText(b, l.key), peers)
	if l.flagsKey != "" {
		b = appendText(appendText(b, l.flagsKey), flags)
	}
	return b
}

// pass returns the peers that are passed on and their flags. Flags that are missing are none.
func (l *peerList) pass() (peers, flags []byte) {
	i := 0
	for peer := range slices.Chunk(l.peers[:min(len(l.peers), maxPEX*l.size)], l.size) {
		if dialable(peer) {
			peers = append(peers, peer...)
			flags = append(flags, l.flag(i))
		}
		i++
	}
	return peers, flags
}

func (l *peerList) flag(i int) byte {
	if i < len(l.flags) {
		return l.flags[i]
	}
	return 0
}

// dialable reports whether a compact peer has a port, and an address of its family that one machine can have.
func dialable(peer []byte) bool {
	host, port := peer[:len(peer)-portLength], peer[len(peer)-portLength:]
	a, ok := netip.AddrFromSlice(host)
	return ok && !a.Is4In6() && !a.IsUnspecified() && !a.IsMulticast() && (port[0] != 0 || port[1] != 0)
}
