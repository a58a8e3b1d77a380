package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"sixseed/policy/family"
)

// Why a connection had to go for another one.
var (
	errReplaced = errors.New("makes room for an IPv6 peer")
	errCrowded  = errors.New("too many handshakes at a time")
)

// Conn is one peer connection: the net.Conn of the engine's client, and below it all that goes between it and the peer.
//
// The client reads from it what concerns the client; requests stay here and are answered by a sender of the
// connection's own. The handshake is done in the first Read (incoming) or Write (outgoing), in the goroutine and under
// the deadline of whoever calls, so that no goroutine of ours waits for strangers.
type Conn struct {
	id       uint64
	endpoint *Endpoint
	family   family.Family
	remote   *Addr
	incoming bool
	since    time.Time
	shake    handshake

	socket net.Conn        // replaced under mu
	raw    syscall.RawConn // of socket; nil if that is none of the system's
	stream stream          // once the handshake has said what it is

	// Known once the handshake has named the torrent.
	torrent *Torrent
	upload  *upload
	share   Share // nil: it is sent whatever it asks for, at once

	inbox   inbox      // touched by the client's reading goroutine alone
	peer    peer       // what the peer has said of itself
	out     sync.Mutex // held by whoever writes to the socket
	outbox  outbox     // guarded by out
	backlog backlog    // of the socket; guarded by out

	encrypted atomic.Bool // what stream is, for those who must not look at it
	traffic   Counter
	account   atomic.Pointer[Account]

	seen    sight       // when its path was looked at last; guarded by endpoint.mu
	atGate  atomic.Bool // its sender waits for leave
	last    atomic.Bool // it comes last in its family
	noted   atomic.Bool // its end is
	mu      sync.Mutex
	entered bool // counted as a peer of its torrent
	ended   bool
	until   time.Time // the deadline that the client set
	closed  chan struct{}
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
	// write takes from b what belongs to the handshake, and reports whether the connection is ready for the rest.
	write(c *Conn, b []byte) (n int, ready bool, err error)
}

func newConn(e *Endpoint, remote netip.AddrPort, shake handshake) *Conn {
	remote = netip.AddrPortFrom(remote.Addr().Unmap().WithZone(""), remote.Port())
	c := &Conn{
		id:       e.lastID.Add(1),
		endpoint: e,
		family:   e.settings.Load().Classifier.Of(remote.Addr()),
		since:    e.Now(),
		shake:    shake,
		closed:   make(chan struct{}),
	}
	c.inbox.uselessSince = c.since
	c.remote = &Addr{AddrPort: remote, Conn: c}
	c.account.Store(e.Accounts.Of(Unattributed, c.family))
	return c
}

// ID tells connections apart, for as long as the program runs.
func (c *Conn) ID() uint64 { return c.id }

// Family is what the peer's address counts as. Its packets may be of the other one (see family.Classifier).
func (c *Conn) Family() family.Family { return c.family }

// RemoteAddr returns an *Addr.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// LocalAddr is the socket's own address.
func (c *Conn) LocalAddr() net.Addr { return c.socket.LocalAddr() }

// Read returns what the peer said that is for the client to hear, in plain text and in words of our own. An error is an
// error of all reads that follow, too.
func (c *Conn) Read(b []byte) (int, error) {
	if err := c.shake.beforeRead(c); err != nil {
		return 0, c.fail(err)
	}
	for {
		if n := c.inbox.take(b); n > 0 || len(b) == 0 {
			return n, nil
		}
		if c.inbox.fault == nil {
			c.inbox.fault = c.receive(b)
		}
		if c.inbox.fault != nil && c.inbox.empty() {
			return 0, c.fail(c.inbox.fault)
		}
	}
}

// Write sends what the client says, as far as that is the client's to say: all of b, or with an error. A peer that takes
// nothing for two minutes is given up.
func (c *Conn) Write(b []byte) (int, error) {
	n, ready, err := c.shake.write(c, b)
	if !ready || err != nil {
		return n, c.fail(err)
	}
	begun, err := c.relay(b[n:])
	if err != nil {
		return 0, c.fail(err)
	}
	if begun {
		c.open()
	}
	return len(b), nil
}

// Unchoke gives the peer an upload slot. Before the client has said its first words it does nothing; Endpoint.Wanted is
// sent to when it has.
func (c *Conn) Unchoke() { c.upload.unchoke() }

// Choke takes it back. The peer is sent what is on its way, and nothing after.
func (c *Conn) Choke() { c.upload.choke() }

// Unchoked reports whether the peer has an upload slot.
func (c *Conn) Unchoked() bool { return c.upload.isUnchoked() }

// Interested reports whether the peer wants one.
func (c *Conn) Interested() bool { return c.upload.isInterested() }

// Close ends the connection; whatever waits in Read or Write returns. Closing again does nothing.
func (c *Conn) Close() error {
	if !c.end() {
		return nil
	}
	c.endpoint.noteEnd(c, net.ErrClosed) // unless there is a better reason
	close(c.closed)
	c.endpoint.leave(c)
	return c.socket.Close()
}

// attach gives the connection its socket.
func (c *Conn) attach(socket net.Conn) error {
	c.socket = socket
	reachable, ok := socket.(syscall.Conn)
	if !ok {
		return nil
	}
	var err error
	if c.raw, err = reachable.SyscallConn(); err != nil {
		return fmt.Errorf("reach socket of %v: %w", c.remote, err)
	}
	return nil
}

// replace gives it another one, with the deadline of the first.
func (c *Conn) replace(socket net.Conn) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		_ = socket.Close()
		return net.ErrClosed
	}
	_ = c.socket.Close()
	_ = socket.SetDeadline(c.until)
	return c.attach(socket)
}

// end marks the connection as ended and reports whether this call did so.
func (c *Conn) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.ended = true
	if c.entered {
		c.account.Load().connected.Add(-1)
		c.upload.end()
		if c.share != nil {
			c.share.Leave()
		}
		c.torrent.Release(c.endpoint.Now())
	}
	return true
}

// fail ends the connection for a reason, and returns it.
func (c *Conn) fail(err error) error {
	if err == nil {
		return nil
	}
	c.endpoint.noteEnd(c, err)
	_ = c.Close() // there is nothing more to lose
	return err
}

// SetDeadline is the socket's, like the next two. It never returns an error, because the client panics on one: a
// closed socket shows in the next Read or Write.
func (c *Conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
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

// enter says which torrent the connection is for, and takes its place among the peers. What came before stays on the
// account of no torrent.
func (c *Conn) enter(infoHash InfoHash) error {
	torrent, err := c.endpoint.Torrents.Open(infoHash)
	switch {
	case errors.Is(err, ErrUnknownTorrent):
		return because(ReasonUnknown, err)
	case err != nil:
		return because(ReasonUnreadable, err)
	}
	c.torrent = torrent
	c.upload = newUpload(torrent, c.startSender, c.endpoint.want)
	c.peer.pieces = torrent.Pieces()
	replaced, found, err := c.endpoint.door.Enter(c, infoHash)
	if found {
		_ = replaced.fail(because(ReasonReplaced, errReplaced))
	}
	if err == nil {
		err = c.seat(c.endpoint.Accounts.Of(infoHash, c.family))
	}
	if err != nil {
		torrent.Release(c.endpoint.Now())
	}
	return err
}

// seat makes the connection a peer of its torrent, unless it has ended meanwhile.
func (c *Conn) seat(account *Account) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return net.ErrClosed
	}
	account.connected.Add(1)
	c.account.Store(account)
	if c.endpoint.Gate != nil {
		c.share = c.endpoint.Gate.Join(c.family, c.remote.Addr())
	}
	c.entered = true
	c.endpoint.register(c)
	return nil
}

// count puts bytes on the account.
func (c *Conn) count(t Traffic) {
	c.traffic.Add(t)
	c.account.Load().Add(t)
}
