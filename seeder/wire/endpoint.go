package wire

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// Settings are what can change while connections are open. They hold for connections made from then on.
type Settings struct {
	Encryption     Encryption
	MaxConnections int // peers, both families
	MaxPerTorrent  int // of these, of one torrent; 0: no limit
	MaxPerAddress  int // connections of one IPv4 address or IPv6 /64; 0: no limit

	Classifier family.Classifier  // what a peer counts as, and whether it is served
	DSCP       family.Pair[uint8] // code points of the packets to peers of a class (RFC 2474), 0 to 63
}

// Config is what an Endpoint is made of.
type Config struct {
	Torrents Torrents
	Accounts *Accounts
	Settings Settings
	Gate     Gate // nil: peers are sent whatever they ask for, at once
	Now      func() time.Time
	Log      *slog.Logger
}

// Endpoint is where peer connections begin. Its listeners and dialers share one policy, one set of limits and one set of
// accounts.
type Endpoint struct {
	Config
	settings atomic.Pointer[Settings]
	door     *admission.Door[*Conn]
	wanted   chan struct{}
	senders  sync.WaitGroup
	pipes    pipes
	stalled  time.Duration // how long a peer may take nothing
	paced    atomic.Bool   // TCP paces what it sends
	untuned  sync.Once     // to tell of socket options that are not to be had

	lastID   atomic.Uint64
	accepted family.Pair[atomic.Int64]
	ends     ends

	mu    sync.Mutex
	peers map[*Conn]struct{}
}

// NewEndpoint returns an endpoint without connections.
func NewEndpoint(config Config) *Endpoint {
	e := &Endpoint{
		Config:  config,
		door:    admission.NewDoor[*Conn](config.Settings.limits()),
		wanted:  make(chan struct{}, 1),
		stalled: stalled,
		peers:   make(map[*Conn]struct{}),
	}
	e.Apply(config.Settings)
	return e
}

// Apply changes the settings.
func (e *Endpoint) Apply(settings Settings) {
	e.settings.Store(&settings)
	e.door.Apply(settings.limits())
}

func (s Settings) limits() admission.Limits {
	return admission.Limits{
		Connections: s.MaxConnections,
		PerTorrent:  s.MaxPerTorrent,
		PerAddress:  s.MaxPerAddress,
		Strangers:   admission.DefaultStrangers,
	}
}

// Encryption is the policy that holds now.
func (e *Endpoint) Encryption() Encryption { return e.settings.Load().Encryption }

// Accepted is the number of incoming connections so far, those turned away at once included.
func (e *Endpoint) Accepted(f family.Family) int64 { return e.accepted.At(f).Load() }

// Ended is how many connections have ended so far, by reason.
func (e *Endpoint) Ended() map[Reason]family.Pair[int64] {
	ended := make(map[Reason]family.Pair[int64], reasons)
	for reason := range reasons {
		ended[reason] = family.Both(func(f family.Family) int64 { return e.ends[reason].At(f).Load() })
	}
	return ended
}

// Peers returns the connections whose handshake has named a torrent, in no order.
func (e *Endpoint) Peers() []*Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	peers := make([]*Conn, 0, len(e.peers))
	for c := range e.peers {
		peers = append(peers, c)
	}
	return peers
}

// Count is how many these are.
func (e *Endpoint) Count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.peers)
}

// Wanted is sent to when it should be decided anew who has an upload slot: a peer became interested or ceased to be, or
// one that had a slot or wanted one has left.
func (e *Endpoint) Wanted() <-chan struct{} { return e.wanted }

// Wait returns when all senders have ended. Their connections must have been closed.
func (e *Endpoint) Wait() {
	e.senders.Wait()
	e.pipes.close()
}

func (e *Endpoint) want() {
	select {
	case e.wanted <- struct{}{}:
	default:
	}
}

// register makes a connection one of the peers.
func (e *Endpoint) register(c *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.peers[c] = struct{}{}
}

// leave forgets a connection.
func (e *Endpoint) leave(c *Conn) {
	e.door.Leave(c)
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.peers, c)
}

// admit takes up a new connection, if need be in the place of another one.
func (e *Endpoint) admit(c *Conn, dialled bool) error {
	if !e.settings.Load().Classifier.Serves(c.remote.Addr()) {
		return because(ReasonNeverServed, ErrNeverServed)
	}
	evicted, found, err := e.door.Knock(c, admission.Origin{Addr: c.remote.Addr(), Family: c.family, Dialled: dialled})
	if found {
		_ = evicted.fail(because(ReasonReplaced, errCrowded))
	}
	return err
}

// Listen opens the listener of one family on port. The listeners of the two families do not share a socket
// (IPV6_V6ONLY), so both can have the same port.
func (e *Endpoint) Listen(ctx context.Context, f family.Family, port uint16) (*Listener, error) {
	config := net.ListenConfig{Control: e.control(f, f)}
	config.SetMultipathTCP(false) // its sockets lack TCP options that the sending side needs
	socket, err := config.Listen(ctx, tcp(f), net.JoinHostPort("", strconv.Itoa(int(port))))
	if err != nil {
		return nil, fmt.Errorf("listen for %v peers on port %d: %w", f, port, err)
	}
	e.paced.Store(isPaced(socket))
	return newListener(e, f, socket), nil
}

// isPaced reports whether the connections of a listener pace what they send.
func isPaced(listener net.Listener) (paced bool) {
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		control, err := unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		paced = err == nil && strings.HasPrefix(control, "bbr")
	})
	return err == nil && paced
}

// bundleSize is how many blocks are sent at once.
func (e *Endpoint) bundleSize() int {
	if e.paced.Load() {
		return pacedBundleSize
	}
	return bundleSize
}

// Dialer returns the dialer of one family.
func (e *Endpoint) Dialer(f family.Family) *Dialer { return &Dialer{endpoint: e, family: f} }

// tcp is the network of a family for package net.
func tcp(f family.Family) string {
	if f == family.V6 {
		return "tcp6"
	}
	return "tcp4"
}

// transport is the family of the packets that reach addr, tunnels or not.
func transport(addr netip.Addr) family.Family {
	if addr.Unmap().Is4() {
		return family.V4
	}
	return family.V6
}
