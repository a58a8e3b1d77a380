package wire

import (
	"net"
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// NewListener makes a listener of a socket that a test controls.
func NewListener(e *Endpoint, f family.Family, socket net.Listener) *Listener {
	return newListener(e, f, socket)
}

// NewIncoming takes up a connection that a peer made, over a socket that a test controls.
func NewIncoming(e *Endpoint, socket net.Conn, remote netip.AddrPort) (*Conn, error) {
	c := newConn(e, remote, new(incoming))
	c.incoming = true
	if err := c.attach(socket); err != nil {
		return nil, err
	}
	return c, e.admit(c, false)
}

// Stalled is how long a peer may take nothing, and Silent how long it may say nothing.
const (
	Stalled = stalled
	Silent  = silent
)

// SetStalled changes the first.
func (e *Endpoint) SetStalled(d time.Duration) { e.stalled = d }

// QueueDepth is how many requests of a peer are kept.
const QueueDepth = queueDepth

// Patience is how many useless messages a peer may send at once.
const Patience = patience

// MaxControl is how many bytes of our answers a peer may leave unread.
const MaxControl = maxControl

// FirstBacklog is how much a new socket for IPv4 takes that is not sent, LeastBacklog that of a slow peer, and MostBacklog
// that of an IPv6 one.
const (
	FirstBacklog = firstBacklog
	LeastBacklog = leastBacklog
	MostBacklog  = mostBacklog
)

// Socket is what accepts connections.
func (l *Listener) Socket() net.Listener { return l.socket }

// Socket is what the connection goes over.
func (c *Conn) Socket() net.Conn { return c.socket }

// Pipes is how many pipes there are.
func (e *Endpoint) Pipes() int {
	e.pipes.mu.Lock()
	defer e.pipes.mu.Unlock()
	return e.pipes.made
}

// TakePipes takes all pipes that there may be, and returns a function that gives them back.
func (e *Endpoint) TakePipes() (giveBack func()) {
	var taken []*pipe
	for p := e.pipes.take(); p != nil; p = e.pipes.take() {
		taken = append(taken, p)
	}
	return func() {
		for _, p := range taken {
			e.pipes.give(p)
		}
	}
}

// Unsent is how many bytes of our answers wait to be sent.
func (c *Conn) Unsent() int {
	c.upload.mu.Lock()
	defer c.upload.mu.Unlock()
	return len(c.upload.control)
}
