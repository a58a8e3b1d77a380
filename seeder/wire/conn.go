package wire

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sixseed/policy/family"
)

// stalled is how long a peer may take nothing of what is sent to it.
const stalled = 2 * time.Minute

// Conn is one peer connection: a net.Conn that reads and writes plain text, whatever goes over its socket.
//
// It does its part of the handshake in the first Read (incoming) or Write (outgoing), in the goroutine and under the
// deadline of whoever calls, so that no goroutine of its own waits for strangers.
type Conn struct {
	socket   net.Conn
	endpoint *Endpoint
	family   family.Family
	remote   *Addr
	shake    handshake

	plain    io.ReadWriter // once shake is done
	outgoing payloadMeter  // of the plain text sent; only the writer touches it
	unpaid   atomic.Int64  // bytes written to the socket and not yet on the account
	account  atomic.Pointer[Account]

	mu        sync.Mutex
	connected bool // counted in its account as a connected peer
	ended     bool
	closed    chan struct{}
}

// Addr is the address of a connection's other end. The engine's callbacks find the connection through it.
type Addr struct {
	netip.AddrPort
	Conn *Conn
}

// Network returns "tcp".
func (a *Addr) Network() string { return "tcp" }

// handshake makes a connection ready for the BitTorrent protocol.
type handshake interface {
	// beforeRead returns when the connection's plain text can be read.
	beforeRead(*Conn) error
	// write takes the place of writing until it reports that the connection is ready.
	write(c *Conn, b []byte) (n int, ready bool, err error)
}

func newConn(e *Endpoint, socket net.Conn, remote netip.AddrPort, shake handshake) *Conn {
	remote = netip.AddrPortFrom(remote.Addr().Unmap().WithZone(""), remote.Port())
	c := &Conn{
		endpoint: e,
		family:   e.classifier.Of(remote.Addr()),
		shake:    shake,
		outgoing: newPayloadMeter(),
		closed:   make(chan struct{}),
	}
	c.socket = meteredSocket{Conn: socket, conn: c}
	c.remote = &Addr{AddrPort: remote, Conn: c}
	c.account.Store(e.accounts.Of(Unattributed, c.family))
	return c
}

// Family is the peer's address family.
func (c *Conn) Family() family.Family { return c.family }

// RemoteAddr returns an *Addr.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// LocalAddr is the socket's own address.
func (c *Conn) LocalAddr() net.Addr { return c.socket.LocalAddr() }

// Read reads plain text. An error of the handshake is an error of the first Read and of all that follow.
func (c *Conn) Read(b []byte) (int, error) {
	if err := c.shake.beforeRead(c); err != nil {
		return 0, err
	}
	return c.plain.Read(b)
}

// Write sends plain text, all of it or with an error. A peer that takes nothing for two minutes is given up.
func (c *Conn) Write(b []byte) (int, error) {
	if n, ready, err := c.shake.write(c, b); !ready || err != nil {
		return n, err
	}
	_ = c.socket.SetWriteDeadline(time.Now().Add(stalled))
	n, err := c.plain.Write(b)
	c.pay(c.outgoing.count(b[:n]))
	return n, err
}

// Close ends the connection; whatever waits in Read or Write returns. Closing again does nothing.
func (c *Conn) Close() error {
	if !c.end() {
		return nil
	}
	close(c.closed)
	c.endpoint.release()
	return c.socket.Close()
}

// end marks the connection as ended and reports whether this call did so.
func (c *Conn) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.ended = true
	if c.connected {
		c.account.Load().connected.Add(-1)
	}
	return true
}

// SetDeadline is the socket's, like the next two. It never returns an error, because the client panics on one: a
// closed socket shows in the next Read or Write.
func (c *Conn) SetDeadline(t time.Time) error {
	_ = c.socket.SetDeadline(t)
	return nil
}

// SetReadDeadline is the socket's.
func (c *Conn) SetReadDeadline(t time.Time) error {
	_ = c.socket.SetReadDeadline(t)
	return nil
}

// SetWriteDeadline is the socket's.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	_ = c.socket.SetWriteDeadline(t)
	return nil
}

// attribute puts the connection on a torrent's account. What came before stays unattributed.
func (c *Conn) attribute(infoHash InfoHash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	account := c.endpoint.accounts.Of(infoHash, c.family)
	c.account.Store(account)
	if !c.ended {
		c.connected = true
		account.connected.Add(1)
	}
}

// pay puts what was written since the last call on the account, of which payload bytes were data of blocks.
func (c *Conn) pay(payload int64) {
	c.account.Load().Add(Traffic{Payload: payload, Overhead: c.unpaid.Swap(0) - payload})
}

// meteredSocket counts what crosses the socket.
type meteredSocket struct {
	net.Conn
	conn *Conn
}

func (s meteredSocket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.conn.account.Load().Add(Traffic{Received: int64(n)})
	return n, err
}

func (s meteredSocket) Write(b []byte) (int, error) {
	n, err := s.Conn.Write(b)
	s.conn.unpaid.Add(int64(n))
	return n, err
}
