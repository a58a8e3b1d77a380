package udptracker

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// Reasons that clients are given. The first is shorter than any question that has a connection id, so that the answer
// is, too.
const (
	reasonExpired  = "connection expired"
	reasonInternal = "tracker error"
)

// responder turns questions of one family into answers. It is used by one goroutine.
type responder struct {
	tracker     Tracker
	connections connections
	family      family.Family
	counters    counters

	now  time.Time // of the batch
	slot slot      // that now is in

	// One announce at a time is worked on, so these are made once.
	announce swarm.Announce
	answer   swarm.Answer
	refusal  *tracker.Refusal
}

func newResponder(f family.Family, t Tracker, ids connections) *responder {
	return &responder{tracker: t, connections: ids, family: f}
}

// tick sets the time of all questions until the next tick.
func (r *responder) tick(now time.Time) { r.now, r.slot = now, r.connections.slot(now) }

// respond answers the question of length bytes that packet begins with, in packet, and returns the length of the
// answer: 0 for none. The packet has room for maxQuestion bytes; a length beyond that says that there was more.
func (r *responder) respond(from netip.AddrPort, packet []byte, length int) int {
	answer, outcome := r.dispatch(from, packet, length)
	r.counters.count(outcome, 1)
	return answer
}

// dispatch sends nothing back before the connection id has proven the address, but for an id or a short error.
func (r *responder) dispatch(from netip.AddrPort, packet []byte, length int) (answer int, outcome Outcome) {
	if length < questionHeader {
		return 0, TooShort
	} else if length > len(packet) {
		return 0, TooLong
	}
	q := readQuestion(packet)
	if q.action == actionConnect && q.connection == protocolID {
		return r.connect(from, packet, q), Connected
	} else if q.action != actionAnnounce && q.action != actionScrape {
		return 0, Unknown
	} else if length < shortest(q.action) {
		return 0, TooShort
	}
	switch r.connections.check(q.connection, r.family, from.Addr(), r.slot) {
	case forged:
		return 0, Forged
	case expired:
		return writeError(packet, q.transaction, reasonExpired), Expired
	}
	if q.action == actionScrape {
		return r.scrape(packet, length, q.transaction), Scraped
	}
	return r.announced(from, packet, q.transaction)
}

// connect hands out a connection id: 16 bytes for 16 or more.
func (r *responder) connect(from netip.AddrPort, packet []byte, q question) int {
	writeAnswer(packet, actionConnect, q.transaction)
	binary.BigEndian.PutUint64(packet[answerHeader:], r.connections.id(r.family, from.Addr(), r.slot))
	return connectAnswer
}

// announced hands an announce to the tracker. The answer has peers of the family it is sent over and has no place for
// others (BEP 15, "IPv6").
func (r *responder) announced(from netip.AddrPort, packet []byte, transaction uint32) (int, Outcome) {
	peers, peerSize, most := &r.answer.Peers4, peerSize4, maxPeers4
	if r.family == family.V6 {
		peers, peerSize, most = &r.answer.Peers6, peerSize6, maxPeers6
	}
	*peers = (*peers)[:0]
	r.readAnnounce(from, packet, most)
	if err := r.tracker.Announce(r.now, &r.announce, &r.answer); err != nil {
		return writeError(packet, transaction, r.reason(err)), Refused
	}
	writeAnswer(packet, actionAnnounce, transaction)
	binary.BigEndian.PutUint32(packet[8:], uint32(r.tracker.Interval()/time.Second)) //nolint:gosec // minutes, not years
	binary.BigEndian.PutUint32(packet[12:], r.answer.Leechers)
	binary.BigEndian.PutUint32(packet[16:], r.answer.Seeders)
	return announceAnswer + copy(packet[announceAnswer:announceAnswer+most*peerSize], *peers), Announced
}

// readAnnounce reads the fields of an announce (BEP 15, "Announce") whose answer takes at most that many peers.
func (r *responder) readAnnounce(from netip.AddrPort, packet []byte, most int) {
	r.announce = swarm.Announce{
		InfoHash: swarm.InfoHash(packet[atInfoHash:]),
		Peer:     netip.AddrPortFrom(from.Addr(), binary.BigEndian.Uint16(packet[atPort:])),
		Tag:      r.tracker.Tag([20]byte(packet[atPeerID:]), binary.BigEndian.Uint32(packet[atKey:])),
		Event:    readEvent(packet),
		Seed:     binary.BigEndian.Uint64(packet[atLeft:]) == 0,
		NumWant:  readNumWant(packet, most),
	}
}

// reason is what a client is told of an error. Only a refusal was written for clients to read.
func (r *responder) reason(err error) string {
	if errors.As(err, &r.refusal) {
		return r.refusal.Reason
	}
	return reasonInternal
}

// scrape answers with the counts of the first maxScrape info-hashes (BEP 15, "Scrape"): zeros for one that has none.
// An entry of the answer is shorter than an info-hash and begins before it, so that none is written over before it is
// read.
func (r *responder) scrape(packet []byte, length int, transaction uint32) int {
	writeAnswer(packet, actionScrape, transaction)
	entry := packet[answerHeader:]
	asked := min((length-questionHeader)/infoHashSize, maxScrape)
	for i := range asked {
		counts, _ := r.tracker.Scrape(swarm.InfoHash(packet[questionHeader+i*infoHashSize:]))
		binary.BigEndian.PutUint32(entry, counts.Seeders)
		binary.BigEndian.PutUint32(entry[4:], counts.Downloaded)
		binary.BigEndian.PutUint32(entry[8:], counts.Leechers)
		entry = entry[scrapeEntry:]
	}
	return answerHeader + asked*scrapeEntry
}
