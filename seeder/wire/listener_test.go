package wire_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// brokenSocket fails every accept call for a while, as a process out of file descriptors sees it.
type brokenSocket struct {
	net.Listener
	failures int
	calls    int
	closed   chan struct{}
}

func (s *brokenSocket) Accept() (net.Conn, error) {
	if s.calls++; s.calls <= s.failures {
		return nil, errors.New("too many open files")
	}
	<-s.closed
	return nil, net.ErrClosed
}

func (s *brokenSocket) Close() error {
	close(s.closed)
	return nil
}

func TestListener_WaitsOutAcceptErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint(t, wire.Settings{})
		socket := &brokenSocket{failures: 12, closed: make(chan struct{})}
		listener := wire.NewListener(e.Endpoint, family.V4, socket)
		accepted := async(listener.Accept)

		time.Sleep(time.Minute)
		synctest.Wait()
		if socket.calls != socket.failures+1 {
			t.Errorf("%d calls after a minute of errors, want %d", socket.calls, socket.failures+1)
		}
		_ = listener.Close()
		synctest.Wait()
		listener.Release()
		if _, err := accepted(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept error %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestListener_ClosedBlocksUntilReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint(t, wire.Settings{})
		socket := &brokenSocket{closed: make(chan struct{})}
		listener := wire.NewListener(e.Endpoint, family.V4, socket)
		returned := false
		go func() {
			_, _ = listener.Accept()
			returned = true
		}()
		_ = listener.Close()
		time.Sleep(time.Hour)
		synctest.Wait()
		if returned {
			t.Error("accept of a closed listener returned, and the client would spin")
		}
		listener.Release()
		synctest.Wait()
		if !returned {
			t.Error("accept of a released listener did not return")
		}
	})
}

// nowhereSocket hands out one connection that has no address, as a socket of another kind might, and is closed then.
type nowhereSocket struct {
	net.Listener
	next chan net.Conn
}

func (s nowhereSocket) Accept() (net.Conn, error) {
	conn, ok := <-s.next
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (s nowhereSocket) Close() error { return nil }

func TestListener_TurnsAwayWhoHasNoAddress(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	socket := nowhereSocket{next: make(chan net.Conn, 1)}
	listener := wire.NewListener(e.Endpoint, family.V4, socket)
	peer, conn := net.Pipe() // the address of which is "pipe"
	socket.next <- conn
	close(socket.next)
	listener.Release()
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept error %v, want %v", err, net.ErrClosed)
	}
	if _, err := peer.Read(make([]byte, 1)); err == nil {
		t.Error("the connection was not closed")
	}
}
