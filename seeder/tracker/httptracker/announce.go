package httptracker

import (
	"errors"
	"net/netip"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// Sizes of compact peers in bytes (BEP 23, BEP 7): an address and 2 bytes of port.
const (
	peerSize4 = 4 + 2
	peerSize6 = 16 + 2
)

// announced answers an announce.
func (x *exchange) announced(query string) Outcome {
	if reason := x.question.parse(query); reason != "" {
		x.fail(reason)
		return Malformed
	}
	x.read()
	x.answer.Peers6, x.answer.Peers4 = x.answer.Peers6[:0], x.answer.Peers4[:0]
	if err := x.tracker.Announce(x.now, &x.announce, &x.answer); err != nil {
		return x.refuse(err)
	}
	x.write(x.claim())
	return Announced
}

// read makes the announce from the question.
func (x *exchange) read() {
	q := &x.question
	x.announce = swarm.Announce{
		InfoHash:     q.infoHash,
		Peer:         netip.AddrPortFrom(x.client, q.port),
		Tag:          x.tracker.Tag(q.peerID, q.key),
		Event:        q.event,
		Seed:         q.seed,
		NumWant:      q.numWant,
		BothFamilies: true,
	}
}

// refuse answers with the reason that the tracker gave. Only a refusal was written for clients to read.
func (x *exchange) refuse(err error) Outcome {
	if !errors.As(err, &x.refusal) {
		x.fail("tracker error")
		return Failed
	}
	x.body = appendEntry(append(x.body, 'd'), "failure reason", x.refusal.Reason)
	switch in := x.refusal.RetryIn; { // BEP 31: minutes, or never
	case in < 0:
		x.body = appendEntry(x.body, "retry in", "never")
	case in > 0:
		x.body = appendIntEntry(x.body, "retry in", int64((in+time.Minute-1)/time.Minute))
	}
	x.body = append(x.body, 'e')
	return Refused
}

// claim hands on what a client says of an IPv6 address, if nothing better is known, and returns a warning if nothing
// will come of it.
func (x *exchange) claim() (warning string) {
	if !x.question.claims || x.answer.Proven || family.Of(x.client) == family.V6 {
		return ""
	}
	claimed := x.question.claimed
	if claimed.Port() == 0 {
		claimed = netip.AddrPortFrom(claimed.Addr(), x.question.port)
	}
	if err := x.tracker.Claim(x.now, &x.announce, claimed); err != nil {
		return err.Error()
	}
	return ""
}

// write answers with peers. BEP 24 has the client's address as it is on the wire.
func (x *exchange) write(warning string) {
	b := append(x.body, 'd')
	b = appendIntEntry(b, "complete", int64(x.answer.Seeders))
	b = appendIntEntry(b, "downloaded", int64(x.answer.Downloaded))
	b = appendAddr(appendString(b, "external ip"), x.client)
	b = appendIntEntry(b, "incomplete", int64(x.answer.Leechers))
	b = appendIntEntry(b, "interval", seconds(x.tracker.Interval()))
	b = appendIntEntry(b, "min interval", seconds(x.tracker.MinInterval()))
	if x.question.dictionary {
		b = x.appendDictionaries(appendString(b, "peers"))
	} else {
		b = appendEntry(b, "peers", x.answer.Peers4)
		b = appendEntry(b, "peers6", x.answer.Peers6)
	}
	if warning != "" {
		b = appendEntry(b, "warning message", warning)
	}
	x.body = append(b, 'e')
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// appendAddr appends an address as a string of 4 or 16 bytes.
func appendAddr(dst []byte, addr netip.Addr) []byte {
	if addr.Is4() {
		bytes := addr.As4()
		return appendString(dst, bytes[:])
	}
	bytes := addr.As16()
	return appendString(dst, bytes[:])
}

// appendDictionaries appends the peers of both families as BEP 3 has them, IPv6 first.
func (x *exchange) appendDictionaries(dst []byte) []byte {
	dst = append(dst, 'l')
	for peers := x.answer.Peers6; len(peers) >= peerSize6; peers = peers[peerSize6:] {
		dst = appendPeer(dst, netip.AddrFrom16([16]byte(peers)), peers[16:])
	}
	for peers := x.answer.Peers4; len(peers) >= peerSize4; peers = peers[peerSize4:] {
		dst = appendPeer(dst, netip.AddrFrom4([4]byte(peers)), peers[4:])
	}
	return append(dst, 'e')
}

func appendPeer(dst []byte, addr netip.Addr, port []byte) []byte {
	var text [longestAddr]byte
	dst = appendEntry(append(dst, 'd'), "ip", addr.AppendTo(text[:0]))
	return append(appendIntEntry(dst, "port", int64(port[0])<<8|int64(port[1])), 'e')
}
