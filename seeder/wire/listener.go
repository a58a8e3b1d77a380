package wire

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"sixseed/policy/family"
)

// Back-off of a listener whose accept call fails, as it does while the process has no file descriptor left.
const (
	firstPause  = 5 * time.Millisecond
	longestWait = time.Second
)

// Listener hands the connections of one family to the engine's client.
//
// The client calls Accept again at once after an error, for ever. Accept therefore returns none while the client
// lives: errors that may pass are waited out, and a closed listener blocks until Release.
type Listener struct {
	endpoint *Endpoint
	family   family.Family
	socket   net.Listener

	closeOnce, releaseOnce sync.Once
	released               chan struct{}
}

func newListener(e *Endpoint, f family.Family, socket net.Listener) *Listener {
	return &Listener{endpoint: e, family: f, socket: socket, released: make(chan struct{})}
}

// Family is that of the packets it takes.
func (l *Listener) Family() family.Family { return l.family }

// Addr is the listening address.
func (l *Listener) Addr() net.Addr { return l.socket.Addr() }

// Accept waits for the next connection that there is room for.
func (l *Listener) Accept() (net.Conn, error) {
	pause := firstPause
	for {
		socket, err := l.socket.Accept()
		switch {
		case err == nil:
			if conn, ok := l.admit(socket); ok {
				return conn, nil
			}
			pause = firstPause
		case errors.Is(err, net.ErrClosed):
			<-l.released
			return nil, err
		default:
			l.wait(pause)
			pause = min(2*pause, longestWait)
		}
	}
}

// admit makes a peer connection of socket, or closes it.
func (l *Listener) admit(socket net.Conn) (*Conn, bool) {
	remote, err := netip.ParseAddrPort(socket.RemoteAddr().String())
	if err != nil {
		discard(socket)
		return nil, false
	}
	conn := newConn(l.endpoint, remote, new(incoming))
	conn.incoming = true
	l.endpoint.accepted.At(conn.family).Add(1)
	if err := conn.attach(socket); err != nil {
		discard(socket)
		return nil, false
	}
	if err := l.endpoint.admit(conn, false); err != nil {
		l.endpoint.noteEnd(conn, err)
		discard(socket)
		return nil, false
	}
	if conn.raw != nil {
		l.endpoint.tune(conn.raw, l.family, conn.family) // the listener had to guess the class
	}
	return conn, true
}

func (l *Listener) wait(pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-l.released:
	}
}

// Close stops taking connections. Accept blocks from then on.
func (l *Listener) Close() error {
	var err error
	l.closeOnce.Do(func() { err = l.socket.Close() })
	return err
}

// Release lets a blocked Accept return, once the client is closed.
func (l *Listener) Release() {
	_ = l.Close()
	l.releaseOnce.Do(func() { close(l.released) })
}

// discard closes a socket without the wait for unsent data that TCP otherwise gives it.
func discard(socket net.Conn) {
	if tcp, ok := socket.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = socket.Close()
}
