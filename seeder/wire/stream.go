package wire

import (
	"crypto/rc4"
	"errors"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/mse"
)

// stalled is how long a peer may take nothing of what is sent to it.
const stalled = 2 * time.Minute

// stream is what goes over a socket once it is known how: plain text, or RC4.
type stream struct {
	head    []byte // plain text that came with the handshake, to be read first
	in, out *rc4.Cipher
}

func (s stream) encrypted() bool { return s.out != nil }

// speakAs goes on as an obfuscated handshake has agreed.
func (c *Conn) speakAs(s mse.Stream) {
	c.stream = stream{head: s.Head, in: s.In, out: s.Out}
	c.encrypted.Store(c.stream.encrypted())
}

// readPlain reads plain text from the socket.
func (c *Conn) readPlain(b []byte) (int, error) {
	if len(c.stream.head) > 0 {
		n := copy(b, c.stream.head)
		c.stream.head = c.stream.head[n:]
		return n, nil
	}
	n, err := counted{c}.Read(b)
	if c.stream.in != nil {
		c.stream.in.XORKeyStream(b[:n], b[:n])
	}
	return n, err
}

// writePlain sends plain text, all of it or with an error, and encrypts it in place where that is called for. c.out is
// held.
func (c *Conn) writePlain(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if c.stream.out != nil {
		c.stream.out.XORKeyStream(b, b)
	}
	var left, more int
	_ = c.takes(&left)
	c.allowStall()
	n, err := c.socket.Write(b)
	for left += n; errors.Is(err, os.ErrDeadlineExceeded) && c.takes(&left); left += more {
		c.allowStall()
		more, err = c.socket.Write(b[n:])
		n += more
	}
	_ = c.socket.SetWriteDeadline(time.Time{})
	c.noteWritten()
	return n, sendError(err)
}

// allowStall gives the peer the time that it may take nothing of what is sent from now on.
func (c *Conn) allowStall() { _ = c.socket.SetWriteDeadline(time.Now().Add(c.endpoint.stalled)) }

// takes reports whether the peer has taken some of what is on its way to it since left bytes of it were, and renews left.
// The kernel lets us write again only when a third of its buffer is free, for which a slow peer needs longer than it may
// stall.
func (c *Conn) takes(left *int) bool {
	if c.raw == nil {
		return false
	}
	before := *left
	if err := c.raw.Control(func(fd uintptr) { *left = unsent(fd) }); err != nil {
		return false
	}
	return *left < before
}

// unsent is how many bytes of a socket's the other end has not acknowledged.
func unsent(fd uintptr) int {
	n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	if err != nil {
		return math.MaxInt
	}
	return n
}

// counted is a connection's socket that counts, for handshakes: all that they send is overhead.
type counted struct{ *Conn }

// Read implements io.Reader.
func (c counted) Read(b []byte) (int, error) {
	n, err := c.socket.Read(b)
	c.count(Traffic{Received: int64(n)})
	return n, err
}

// Write implements io.Writer.
func (c counted) Write(b []byte) (int, error) {
	n, err := c.socket.Write(b)
	c.count(Traffic{Overhead: int64(n)})
	return n, err
}
