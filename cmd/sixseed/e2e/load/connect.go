package load

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

const (
	dialsAtOnce    = 64
	handshakeLimit = 30 * time.Second // for a connection and its handshakes

	// encryptedTries is how often a peer that wants RC4 connects at most. libtorrent 2.0.8 hangs up when the first byte
	// of the secret that both sides work out is 0, which is once in 256 times.
	encryptedTries = 3
)

// delays lists when groups come that are not there from the beginning.
func (r *run) delays() []time.Duration {
	var delays []time.Duration
	for _, g := range r.plan.Groups {
		if g.Delay > 0 && !slices.Contains(delays, g.Delay) {
			delays = append(delays, g.Delay)
		}
	}
	return delays
}

// connect connects the members of all groups with this delay, and returns when each has shaken hands or failed.
func (r *run) connect(ctx context.Context, delay time.Duration) {
	var dials errgroup.Group
	dials.SetLimit(dialsAtOnce)
	for i, m := range r.members {
		if m.group.Delay != delay {
			continue
		}
		dials.Go(func() error {
			at := cursorAt(&r.plan.Torrent, i, len(r.members))
			err := m.join(ctx, newPeer(m.group, at, &r.begun))
			for try := 1; err != nil && m.group.RC4 && try < encryptedTries; try++ {
				err = m.join(ctx, newPeer(m.group, at, &r.begun))
			}
			if err != nil && ctx.Err() == nil {
				m.fail(err)
			}
			return nil
		})
	}
	_ = dials.Wait() // no error: each member keeps its own
}

// join connects a peer, shakes hands and hands it to the member's worker.
func (m *member) join(ctx context.Context, p *peer) error {
	ctx, cancel := context.WithTimeout(ctx, handshakeLimit)
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the peer has a descriptor of its own
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()

	if err := p.shakeHands(conn, m.group); err != nil {
		return fmt.Errorf("shake hands with %v: %w", m.group.Seeder, err)
	}
	if p.socket, err = keepSocket(conn); err != nil {
		return fmt.Errorf("keep the socket: %w", err)
	}
	if err := m.worker.add(m, p); err != nil {
		p.close()
		return err
	}
	return nil
}

func (m *member) dial(ctx context.Context) (*net.TCPConn, error) {
	var dialer net.Dialer
	dialer.SetMultipathTCP(false) // a seeder's peers rarely have it, and it costs
	if sources := m.group.Sources; len(sources) > 0 {
		dialer.LocalAddr = &net.TCPAddr{IP: sources[m.number%len(sources)].AsSlice()}
	}
	conn, err := dialer.DialContext(ctx, "tcp", m.group.Seeder.String())
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// keepSocket returns a descriptor of the connection that outlives conn, and that the Go runtime does not watch: it would
// be woken whenever something comes.
func keepSocket(conn *net.TCPConn) (socket int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	if failed := raw.Control(func(fd uintptr) {
		socket, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	}); failed != nil {
		return 0, failed
	}
	return socket, err
}
