package httptracker

import (
	"errors"
	"net/netip"
	"strconv"

	"sixseed/seeder/tracker/swarm"
)

// Reasons that clients are given for a query that is not answered.
const (
	reasonInfoHash = "info_hash is missing or not of 20 bytes"
	reasonPeerID   = "peer_id is missing or not of 20 bytes"
)

// longestAddr is how much text an address takes at most, with brackets and a port, and without a zone.
const longestAddr = 64

// question is what an announce's query asks. Beside what is read here, clients say how much they have transferred, and
// whether they want peer ids in a dictionary, which are not kept here and never there.
type question struct {
	infoHash   swarm.InfoHash
	peerID     [20]byte
	key        uint32
	port       uint16
	event      swarm.Event
	seed       bool
	numWant    int
	dictionary bool           // a list of dictionaries is wanted instead of compact peers
	claims     bool           // there is an ipv6 parameter
	claimed    netip.AddrPort // what it says; port 0: that of the announce; zero: it cannot be read
}

// parse reads a query. If a name is there twice, the last value counts. It returns why the query cannot be answered, or
// nothing.
func (q *question) parse(query string) (reason string) {
	*q = question{numWant: -1}
	var hasInfoHash, hasPeerID bool
	for name, value := range fields(query) {
		switch name {
		case "info_hash":
			q.infoHash, hasInfoHash = decodeInfoHash(value)
		case "peer_id":
			q.peerID, hasPeerID = decodePeerID(value)
		default:
			q.set(name, value)
		}
	}
	switch {
	case !hasInfoHash:
		return reasonInfoHash
	case !hasPeerID:
		return reasonPeerID
	}
	return ""
}

// set reads the value of a field without which there is an answer, too: as if it was not there, if it cannot be read.
func (q *question) set(name, value string) {
	switch name {
	case "port":
		port, err := strconv.ParseUint(value, 10, 16)
		if q.port = uint16(port); err != nil {
			q.port = 0
		}
	case "left":
		left, err := strconv.ParseUint(value, 10, 64)
		q.seed = err == nil && left == 0
	case "event":
		q.event = parseEvent(value)
	case "numwant":
		q.numWant = parseNumWant(value)
	case "key":
		q.key = parseKey(value)
	case "compact":
		q.dictionary = value == "0"
	case "ipv6":
		q.claims, q.claimed = true, parseClaim(value)
	}
}

// parseEvent takes an event that is not known for none, rather than refuse a client that is ahead of it.
func parseEvent(value string) swarm.Event {
	switch value {
	case "completed":
		return swarm.Completed
	case "started":
		return swarm.Started
	case "stopped":
		return swarm.Stopped
	case "paused": // BEP 21
		return swarm.Paused
	}
	return swarm.None
}

// parseNumWant returns how many peers are asked for, or -1 where the client leaves it to the tracker. How many it gets
// at most the tracker decides.
func parseNumWant(value string) int {
	n, err := strconv.ParseInt(value, 10, 16)
	if n < 0 || errors.Is(err, strconv.ErrSyntax) {
		return -1
	}
	return int(n)
}

// parseClaim reads the value of ipv6 (BEP 7): an address, or one in brackets with a port.
func parseClaim(value string) netip.AddrPort {
	var bytes [longestAddr]byte
	n, ok := decode(bytes[:], value)
	if !ok {
		return netip.AddrPort{}
	}
	text := string(bytes[:n])
	if endpoint, err := netip.ParseAddrPort(text); err == nil {
		return netip.AddrPortFrom(plain(endpoint.Addr()), endpoint.Port())
	}
	return netip.AddrPortFrom(parseNode(text), 0)
}
