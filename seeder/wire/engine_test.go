package wire_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// engine stands in for the client above a connection: it shakes hands, says that it has all pieces, and listens. It
// ends with the connection. What it heard is there then.
type engine struct {
	conn     net.Conn
	greeting message.Handshake // the peer's
	heard    []message.Frame
	fault    error // what ended it
	ended    chan struct{}
}

// extensionHandshake is what the client says of itself (BEP 10), without the extension id.
const extensionHandshake = "d1:ei0e1:md11:ut_metadatai1e6:ut_pexi2ee1:pi6881e4:reqqi1024e1:v4:teste"

// firstWords are what a client says once both handshakes are done.
func firstWords() []byte {
	b := message.Append(nil, message.Extended, []byte("\x00"+extensionHandshake)...)
	return message.Append(b, message.HaveAll)
}

// run runs the client's part of an incoming connection.
func run(conn net.Conn) *engine {
	return start(conn, func(e *engine) error {
		if err := e.greet(); err != nil {
			return err
		}
		_, err := conn.Write(handshake(ours))
		return err
	})
}

// runOutgoing runs the client's part of a connection that it asked for. It writes its handshake in portions.
func runOutgoing(conn net.Conn) *engine {
	return start(conn, func(e *engine) error {
		own := handshake(ours)
		for _, portion := range [][]byte{own[:20], own[20:28], own[28:48], own[48:]} {
			if _, err := conn.Write(portion); err != nil {
				return err
			}
		}
		return e.greet()
	})
}

func start(conn net.Conn, shakeHands func(*engine) error) *engine {
	e := &engine{conn: conn, ended: make(chan struct{})}
	go func() {
		defer close(e.ended)
		err := shakeHands(e)
		if err == nil {
			err = e.serve()
		}
		e.fault = errors.Join(err, conn.Close())
	}()
	return e
}

// greet reads the peer's handshake.
func (e *engine) greet() error {
	b, err := read(e.conn, message.HandshakeLength)
	if err != nil {
		return err
	}
	e.greeting, err = message.ParseHandshake(b)
	return err
}

func (e *engine) serve() error {
	if _, err := e.conn.Write(firstWords()); err != nil {
		return err
	}
	var frames message.Frames
	b := make([]byte, 4096)
	for {
		n, err := e.conn.Read(b)
		if err != nil {
			return err
		}
		if err := frames.Feed(b[:n], anyLength, e.hear); err != nil {
			return err
		}
	}
}

func (e *engine) hear(frame message.Frame) error {
	e.heard = append(e.heard, append(message.Frame(nil), frame...))
	return nil
}

// wait waits for the end of the connection, and returns what the client has heard until then.
func (e *engine) wait(t testing.TB) []string {
	t.Helper()
	receive(t, e.ended)
	return describeAll(e.heard)
}

// stop closes the connection and waits for the client's end, so that no test leaves one behind.
func (e *engine) stop() {
	_ = e.conn.Close()
	<-e.ended
}

func anyLength(message.ID) int { return 1 << 20 }

// describe says what a message is in a line.
func describe(frame message.Frame) string {
	if frame.KeepAlive() {
		return "keep-alive"
	}
	return strings.TrimSpace(fmt.Sprintf("%v %s", frame.ID(), strings.Trim(fmt.Sprintf("%+q", frame.Body()), `"`)))
}

func describeAll(frames []message.Frame) []string {
	var all []string
	for _, frame := range frames {
		all = append(all, describe(frame))
	}
	return all
}

// serve takes connections until the end of the test, with a client above each.
func serve(t testing.TB, listener *wire.Listener) {
	t.Helper()
	done := make(chan struct{})
	var engines []*engine
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			engines = append(engines, run(conn))
		}
	}()
	t.Cleanup(func() {
		listener.Release()
		<-done
		for _, engine := range engines {
			engine.stop()
		}
	})
}
