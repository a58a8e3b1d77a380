package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/anacrolix/torrent/mse"
)

// outgoing is the handshake of a connection that we made. Which torrent it is for is in the first bytes that the
// client writes, so these are held back until all of its handshake is there.
type outgoing struct {
	held  []byte
	ready chan struct{} // closed when the handshake was sent, or could not be
	done  sync.Once
	fault error // read after ready
}

func newOutgoing() *outgoing { return &outgoing{ready: make(chan struct{})} }

func (out *outgoing) beforeRead(c *Conn) error {
	select {
	case <-out.ready:
		return out.fault
	case <-c.closed:
		return net.ErrClosed
	}
}

func (out *outgoing) write(c *Conn, b []byte) (n int, ready bool, err error) {
	select {
	case <-out.ready:
		return 0, true, out.fault
	default:
	}
	out.held = append(out.held, b...)
	if len(out.held) < HandshakeLength {
		return len(b), false, nil
	}
	out.done.Do(func() {
		out.fault = out.initiate(c)
		close(out.ready)
	})
	if out.fault != nil {
		return 0, false, out.fault
	}
	return len(b), false, nil
}

// initiate sends the held handshake, obfuscated if the policy says so.
func (out *outgoing) initiate(c *Conn) error {
	c.attribute(InfoHash(out.held[namedBy-len(InfoHash{}) : namedBy]))
	plain, err := out.send(c)
	if err != nil {
		return fmt.Errorf("start handshake with %v: %w", c.remote, err)
	}
	c.pay(c.outgoing.count(out.held))
	c.plain, out.held = plain, nil
	return nil
}

func (out *outgoing) send(c *Conn) (io.ReadWriter, error) {
	if c.endpoint.Encryption() != EncryptionRequire {
		_, err := c.socket.Write(out.held)
		return c.socket, err
	}
	infoHash := out.held[namedBy-len(InfoHash{}) : namedBy]
	plain, _, err := mse.InitiateHandshakeContext(
		context.Background(), c.socket, infoHash, out.held, EncryptionRequire.methods())
	return plain, err
}
