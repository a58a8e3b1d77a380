package httptracker_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

// pipes is a listener without a network, so that the time of a test is its own.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

// connect offers a connection, which is closed at the end of the test, and returns the client's side. The server takes it
// when it will.
func (p *pipes) connect(t *testing.T) net.Conn {
	near, far := net.Pipe()
	go func() {
		select {
		case p.conns <- far:
		case <-p.closed:
		}
	}()
	t.Cleanup(func() {
		_ = near.Close()
		_ = far.Close()
	})
	return near
}

// lifetime is how long the server leaves a connection open on which the client writes a piece of text every second.
func lifetime(t *testing.T, text string) time.Duration {
	listener := newPipes()
	server := open(t, httptracker.Config{}, new(trackertest.Tracker))
	server.ListenAt(listener, 10)
	trackertest.Run(t, server)
	conn, start := listener.connect(t), time.Now()
	var writing sync.WaitGroup
	writing.Go(func() {
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
			time.Sleep(time.Second) // of the bubble's time
		}
	})
	_, _ = io.Copy(io.Discard, conn)
	lifetime := time.Since(start)
	writing.Wait()
	return lifetime
}

func TestServer_SlowClientIsCut(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"Silent": "", "Line": "G", "Headers": "GET / HTTP/1.1\r\nX: ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if got := lifetime(t, text); got < httptracker.ReadTimeout || got > httptracker.ReadTimeout+time.Second {
					t.Errorf("cut after %v, want %v", got, httptracker.ReadTimeout)
				}
			})
		})
	}
}

// As many connections as there may be do not keep others out for longer than they last.
func TestServer_ConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		server := open(t, httptracker.Config{}, new(trackertest.Tracker))
		server.ListenAt(listener, 2)
		trackertest.Run(t, server)
		silent := []net.Conn{listener.connect(t), listener.connect(t)}
		synctest.Wait()
		var answer bytes.Buffer
		late := listener.connect(t)
		go func() {
			_, _ = io.WriteString(late, "GET /announce?"+announceQuery+" HTTP/1.1\r\nHost: x\r\n\r\n")
			_, _ = io.Copy(&answer, late)
		}()
		synctest.Wait()
		if answer.Len() > 0 {
			t.Fatalf("a third connection was answered with %q", &answer)
		}
		_ = silent[0].Close()
		synctest.Wait()
		if !strings.HasPrefix(answer.String(), "HTTP/1.1 200 OK\r\n") {
			t.Errorf("when there was room, it was answered with %q", &answer)
		}
	})
}

// A server that waits for room ends like any other.
func TestServer_EndsWhileItIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		server := open(t, httptracker.Config{}, new(trackertest.Tracker))
		server.ListenAt(listener, 1)
		trackertest.Run(t, server)
		listener.connect(t)
		synctest.Wait()
	})
}
