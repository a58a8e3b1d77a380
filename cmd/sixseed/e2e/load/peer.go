package load

import (
	"bytes"
	"crypto/rc4"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/message"
)

const readsInARow = 4 // of one connection, before others have their turn

// peer is one connection after the handshake. But for its counters it belongs to one worker.
type peer struct {
	socket   int // non-blocking
	in, out  *rc4.Cipher
	received atomic.Int64 // bytes of blocks
	unchoked atomic.Bool
	waiting  time.Time    // since when it wants to be unchoked
	waited   atomic.Int64 // nanoseconds until it was unchoked first; 0: it was not yet

	bytesPerSecond int64   // what it reads at most; 0: all that comes
	allowance      float64 // bytes that it may read now

	stream  stream
	inBlock bool        // what the stream passes over now is a block
	fresh   int64       // bytes of blocks that received does not have yet
	check   *comparison // if blocks are compared

	begun    *atomic.Bool // whether it may ask
	cursor   cursor
	inFlight int    // requests to keep outstanding
	asked    int    // requests outstanding
	unsent   []byte // what is to be sent, encrypted
}

func newPeer(g *Group, at cursor, begun *atomic.Bool) *peer {
	p := &peer{bytesPerSecond: g.BytesPerSecond, cursor: at, begun: begun}
	if g.asks() {
		p.inFlight = g.InFlight
	}
	if at.torrent.Data != nil {
		p.check = newComparison(at.torrent)
	}
	return p
}

// read takes what has come, and asks for more.
func (p *peer) read(buffer []byte) error {
	for range readsInARow {
		n, err := p.readOnce(buffer)
		if err != nil || n < len(buffer) {
			return err
		}
	}
	return nil
}

// attend does what is due some time after the last time.
func (p *peer) attend(buffer []byte, elapsed time.Duration, keepingAlive bool) error {
	if p.bytesPerSecond > 0 {
		if err := p.readSlowly(buffer, elapsed); err != nil {
			return err
		}
	}
	if keepingAlive {
		if err := p.say(message.AppendKeepAlive(nil)); err != nil {
			return err
		}
	}
	return p.ask() // it may have had to wait for the beginning
}

// readSlowly takes no more than the peer's rate allows.
func (p *peer) readSlowly(buffer []byte, elapsed time.Duration) error {
	rate := float64(p.bytesPerSecond)
	p.allowance = min(p.allowance+rate*elapsed.Seconds(), rate/4, float64(len(buffer)))
	if p.allowance < 1 {
		return nil
	}
	n, err := p.readOnce(buffer[:int(p.allowance)])
	p.allowance -= float64(n)
	return err
}

func (p *peer) readOnce(buffer []byte) (int, error) {
	n, err := receive(p.socket, buffer)
	if n == 0 || err != nil {
		return 0, err
	}
	if err := p.feed(buffer[:n]); err != nil {
		return n, err
	}
	return n, p.ask()
}

func (p *peer) feed(b []byte) error {
	if p.in != nil {
		p.in.XORKeyStream(b, b)
	}
	err := p.stream.feed(b, p.take, p.pass)
	p.received.Add(p.fresh)
	p.fresh = 0
	return err
}

// take is given the part of a message that is looked at.
func (p *peer) take(part []byte) error {
	p.inBlock = false
	if len(part) == prefix {
		return nil // keep-alive
	}
	body := part[prefix+1:]
	switch message.ID(part[prefix]) {
	case message.Choke:
		p.unchoked.Store(false)
	case message.Unchoke:
		p.unchokedNow()
	case message.RejectRequest:
		p.answered()
	case message.Piece:
		p.answered()
		p.inBlock = true
		if p.check != nil {
			return p.check.begin(body, p.stream.rest)
		}
	case message.Extended:
		p.obey(body)
	}
	return nil
}

// pass is given what the stream passes over.
func (p *peer) pass(b []byte) error {
	if !p.inBlock {
		return nil
	}
	p.fresh += int64(len(b))
	if p.check != nil {
		return p.check.compare(b)
	}
	return nil
}

func (p *peer) answered() { p.asked = max(p.asked-1, 0) }

// unchokedNow forgets what was asked for before the choke: not every seeder rejects it as BEP 6 demands.
func (p *peer) unchokedNow() {
	if !p.unchoked.Load() {
		p.asked = 0
		p.waited.CompareAndSwap(0, max(1, int64(time.Since(p.waiting))))
	}
	p.unchoked.Store(true)
}

// obey keeps to the number of requests that the seeder takes, which its extension handshake says (BEP 10, `reqq`).
func (p *peer) obey(body []byte) {
	const handshake = 0
	_, after, found := bytes.Cut(body, []byte("4:reqqi"))
	if !found || body[0] != handshake {
		return
	}
	digits, _, _ := bytes.Cut(after, []byte("e"))
	if limit, err := strconv.Atoi(string(digits)); err == nil && limit > 0 {
		p.inFlight = min(p.inFlight, limit)
	}
}

// ask sends requests when a quarter of those that may be outstanding can be sent at once.
func (p *peer) ask() error {
	missing := p.inFlight - p.asked
	if len(p.unsent) == 0 && missing > 0 && missing >= p.inFlight/4 && p.unchoked.Load() && p.begun.Load() {
		for range missing {
			if p.check != nil {
				p.check.ask(p.cursor.offset)
			}
			p.unsent = p.cursor.appendRequest(p.unsent)
		}
		p.asked = p.inFlight
		p.encrypt(p.unsent)
	}
	return p.flush()
}

// say sends a message that is no request.
func (p *peer) say(frame []byte) error {
	p.encrypt(frame)
	p.unsent = append(p.unsent, frame...)
	return p.flush()
}

func (p *peer) encrypt(b []byte) {
	if p.out != nil {
		p.out.XORKeyStream(b, b)
	}
}

// flush sends what the socket takes. The rest follows when the seeder has sent something, which it will: it has a great
// many requests.
func (p *peer) flush() error {
	if len(p.unsent) == 0 {
		return nil
	}
	n, err := send(p.socket, p.unsent)
	p.unsent = p.unsent[:copy(p.unsent, p.unsent[n:])]
	return err
}

func (p *peer) close() { _ = unix.Close(p.socket) }
