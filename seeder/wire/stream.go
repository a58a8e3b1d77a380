package wire

import (
	"crypto/rc4"
	"time"

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
	_ = c.socket.SetWriteDeadline(time.Now().Add(c.endpoint.stalled))
	n, err := c.socket.Write(b)
	_ = c.socket.SetWriteDeadline(time.Time{})
	return n, sendError(err)
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
