package udptracker

import (
	"encoding/binary"

	"sixseed/seeder/tracker/swarm"
)

// protocolID is what a question to connect has in place of a connection id (BEP 15, "Connect").
const protocolID = 0x41727101980

// The actions of BEP 15.
const (
	actionConnect uint32 = iota
	actionAnnounce
	actionScrape
	actionError
)

// Where the fields of questions are (BEP 15, "Announce", "Scrape").
const (
	atAction      = 8 // after the connection id
	atTransaction = 12
	atInfoHash    = 16
	atPeerID      = 36
	atLeft        = 64
	atEvent       = 80
	atKey         = 88 // the IP address before it is not read: nobody is sent to an address that somebody wrote there
	atNumWant     = 92
	atPort        = 96
)

// Sizes in bytes.
const (
	questionHeader = 16 // connection id, action, transaction id
	answerHeader   = 8  // action, transaction id
	connectAnswer  = 16
	announceAnswer = 20 // and the peers
	infoHashSize   = 20
	scrapeEntry    = 12 // of an answer: seeders, downloaded, leechers
	peerSize4      = 6
	peerSize6      = 18

	// announceQuestion is the least that an announce has. Options may follow (BEP 41) with the path and query of the
	// tracker's URL. Here a path makes no difference, and so they are not read.
	announceQuestion = 98
)

// Limits.
const (
	// maxAnswer is what fits into a packet that every IPv6 link carries whole: 1280 bytes less 40 of IPv6 and 8 of UDP
	// header (RFC 8200, section 5).
	maxAnswer = 1232

	maxPeers6 = 66  // 20 + 66 * 18 bytes are 1208
	maxPeers4 = 200 // 20 + 200 * 6 bytes are 1220
	maxScrape = 70  // BEP 15 speaks of about 74

	// maxQuestion is the longest question that can be: a scrape of maxScrape info-hashes or more, or an announce with
	// many options, in one Ethernet packet.
	maxQuestion = 1500
)

// question has the fields that every question begins with.
type question struct {
	connection          uint64
	action, transaction uint32
}

func readQuestion(packet []byte) question {
	return question{
		connection:  binary.BigEndian.Uint64(packet),
		action:      binary.BigEndian.Uint32(packet[atAction:]),
		transaction: binary.BigEndian.Uint32(packet[atTransaction:]),
	}
}

// shortest is the least length of a question.
func shortest(action uint32) int {
	if action == actionAnnounce {
		return announceQuestion
	}
	return questionHeader + infoHashSize
}

// readEvent takes an event that BEP 15 does not know for none, rather than refuse a client that is ahead of it.
func readEvent(packet []byte) swarm.Event {
	switch binary.BigEndian.Uint32(packet[atEvent:]) {
	case 1:
		return swarm.Completed
	case 2:
		return swarm.Started
	case 3:
		return swarm.Stopped
	}
	return swarm.None
}

// readNumWant returns how many peers are asked for, at most that many. It is -1 where the client leaves it to the
// tracker, which it says by -1 (BEP 15), and some say by 0.
func readNumWant(packet []byte, most int) int {
	asked := int32(binary.BigEndian.Uint32(packet[atNumWant:])) //nolint:gosec // it is signed
	if asked <= 0 {
		return -1
	}
	return min(int(asked), most)
}

// writeAnswer writes what every answer begins with. The transaction id, by which a client knows its answer, is echoed.
func writeAnswer(packet []byte, action, transaction uint32) {
	binary.BigEndian.PutUint32(packet, action)
	binary.BigEndian.PutUint32(packet[4:], transaction)
}

// writeError writes an error answer (BEP 15, "Errors") and returns its length.
func writeError(packet []byte, transaction uint32, reason string) int {
	writeAnswer(packet, actionError, transaction)
	return answerHeader + copy(packet[answerHeader:maxAnswer], reason)
}
