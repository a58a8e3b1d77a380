package wire

import (
	"errors"
	"time"

	"sixseed/seeder/wire/message"
)

const (
	// silent is how long a peer may say nothing. BEP 3 has it send a keep-alive every two minutes.
	silent = 5 * time.Minute
	// keptPassed is how much memory an idle connection keeps for what it passes on, in bytes.
	keptPassed = 1 << 10
)

// inbox is what a peer has said, on its way to the client.
type inbox struct {
	opening []byte         // the peer's handshake as far as it is there; nil once it is complete
	shaken  bool           // it is
	frames  message.Frames // what follows
	passed  []byte         // what the client is to read, from read on
	read    int
	fault   error // why nothing more is received

	extended     bool // the peer has sent its extension handshake
	metadataID   byte // under which it takes ut_metadata messages; 0: not at all
	pexPassed    time.Time
	metadata     int // requests for pieces of the info dictionary, so far
	useless      int // messages, less those forgiven until uselessSince
	uselessSince time.Time
}

func (in *inbox) empty() bool { return in.read == len(in.passed) }

// take moves to b what is there for the client.
func (in *inbox) take(b []byte) int {
	n := copy(b, in.passed[in.read:])
	in.read += n
	if in.empty() {
		in.read = 0
		in.passed = in.passed[:0]
		if cap(in.passed) > keptPassed {
			in.passed = nil
		}
	}
	return n
}

// receive waits for more from the peer and deals with it. b is memory to read into.
func (c *Conn) receive(b []byte) error {
	if c.inbox.shaken {
		_ = c.socket.SetReadDeadline(time.Now().Add(silent))
	}
	n, err := c.readPlain(b)
	if hearing := c.hear(b[:n]); hearing != nil {
		return hearing
	}
	if err != nil && !c.inbox.shaken {
		return because(ReasonHandshake, err)
	}
	return receiveError(err)
}

// hear deals with what the peer has said: first the handshake, then messages.
func (c *Conn) hear(b []byte) error {
	if !c.inbox.shaken {
		n := min(message.HandshakeLength-len(c.inbox.opening), len(b))
		c.inbox.opening = append(c.inbox.opening, b[:n]...)
		if len(c.inbox.opening) < message.HandshakeLength {
			return nil
		}
		if err := c.greet(); err != nil {
			return because(ReasonHandshake, err)
		}
		b = b[n:]
	}
	return c.inbox.frames.Feed(b, c.limit, c.heed)
}

// errOtherTorrent says that a peer we called answers for another torrent.
var errOtherTorrent = errors.New("answers for another torrent")

// greet passes on the peer's handshake. Of the extensions it offers the client hears of those that we let through: it
// keeps a count of every combination it ever saw.
func (c *Conn) greet() error {
	h, err := message.ParseHandshake(c.inbox.opening)
	if err != nil {
		return err
	}
	if h.InfoHash != c.torrent.InfoHash {
		return errOtherTorrent
	}
	c.peer.introduce(h)
	if h.Fast() {
		c.upload.speakFast()
	}
	c.inbox.passed = h.Known().Append(c.inbox.passed)
	c.inbox.opening, c.inbox.shaken = nil, true
	return nil
}
