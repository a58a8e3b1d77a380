package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
)

// redialTimeout is how long the second attempt at a peer may take to connect.
const redialTimeout = 10 * time.Second

// outgoing is the handshake of a connection that we made. Which torrent it is for is in the first bytes that the client
// writes, so these are held back until all of its handshake is there.
//
// A peer that hangs up on a plain handshake may want an obfuscated one, and is called once more. One that says nothing is
// not.
type outgoing struct {
	dialer *Dialer
	held   []byte        // the client's handshake
	ready  chan struct{} // closed when it was sent, or could not be
	done   sync.Once
	fault  error // read after ready

	answered sync.Once // the reading side has seen to the peer's answer
	silence  error     // why there is none
}

func newOutgoing(d *Dialer) *outgoing { return &outgoing{dialer: d, ready: make(chan struct{})} }

func (out *outgoing) beforeRead(c *Conn) error {
	select {
	case <-out.ready:
	case <-c.closed:
		return net.ErrClosed
	}
	if out.fault != nil {
		return out.fault
	}
	out.answered.Do(func() { out.silence = out.await(c) })
	return out.silence
}

func (out *outgoing) write(c *Conn, b []byte) (n int, ready bool, err error) {
	select {
	case <-out.ready:
		return 0, true, out.fault
	default:
	}
	n = min(message.HandshakeLength-len(out.held), len(b))
	out.held = append(out.held, b[:n]...)
	if len(out.held) < message.HandshakeLength {
		return n, false, nil
	}
	out.done.Do(func() {
		out.fault = out.initiate(c)
		close(out.ready)
	})
	if out.fault != nil {
		return 0, false, out.fault
	}
	return n, true, nil
}

// initiate sends the held handshake, obfuscated if the policy says so.
func (out *outgoing) initiate(c *Conn) error {
	if err := c.enter(namedIn(out.held)); err != nil {
		return fmt.Errorf("call %v: %w", c.remote, err)
	}
	c.outbox.opening = message.HandshakeLength
	var err error
	if c.endpoint.Encryption() == EncryptionRequire {
		err = out.obfuscate(c, mse.RC4)
	} else {
		_, err = counted{c}.Write(out.held)
	}
	if err != nil {
		return because(ReasonHandshake, fmt.Errorf("start handshake with %v: %w", c.remote, err))
	}
	return nil
}

// obfuscate sends the handshake by way of message stream encryption.
func (out *outgoing) obfuscate(c *Conn, offer mse.Method) error {
	agreed, err := mse.Initiate(counted{c}, namedIn(out.held), out.held, offer)
	if err == nil {
		c.speakAs(agreed)
	}
	return err
}

// await waits for the first bytes of the peer's answer. If there are none, and the policy takes both kinds of
// connections, it calls again for an encrypted one.
func (out *outgoing) await(c *Conn) error {
	first := make([]byte, message.HandshakeLength)
	n, err := c.readPlain(first)
	if n == 0 && hungUp(err) && c.endpoint.Encryption() == EncryptionAllow {
		if err = out.redial(c); err == nil {
			n, err = c.readPlain(first)
		}
	}
	if n == 0 {
		return because(ReasonHandshake, fmt.Errorf("no answer from %v: %w", c.remote, unexpected(err)))
	}
	return c.hear(first[:n])
}

// hungUp reports whether an error is the peer's end of the connection.
func hungUp(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) }

// redial replaces the connection's socket by a new one to the same address, with an obfuscated handshake.
func (out *outgoing) redial(c *Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), redialTimeout)
	var closing sync.WaitGroup
	closing.Go(func() {
		select {
		case <-c.closed:
			cancel()
		case <-ctx.Done():
		}
	})
	socket, err := out.dialer.connect(ctx, c.family, c.remote.AddrPort)
	cancel()
	closing.Wait()
	if err != nil {
		return err
	}
	if err := c.replace(socket); err != nil {
		return err
	}
	return out.obfuscate(c, mse.Plain|mse.RC4)
}
