package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	mselib "github.com/anacrolix/torrent/mse"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// called is a peer that an endpoint calls.
type called struct {
	t testing.TB
	*net.TCPListener
}

func newCalled(t testing.TB, f family.Family) *called {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(loopback.Get(f), "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return &called{t, listener.(*net.TCPListener)}
}

// dial has an endpoint call the peer.
func (p *called) dial(e *endpoint, f family.Family) *wire.Conn {
	p.t.Helper()
	conn, err := e.Dialer(f).Dial(p.t.Context(), p.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	setDeadlines(p.t, conn)
	return conn.(*wire.Conn)
}

// accept takes the next call.
func (p *called) accept() net.Conn {
	p.t.Helper()
	conn, err := p.Accept()
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	setDeadlines(p.t, conn)
	return conn
}

// assertNoMoreCalls checks that nobody calls before the test does.
func (p *called) assertNoMoreCalls() {
	p.t.Helper()
	own := call(p.t, p.Addr().String())
	if next := p.accept(); next.RemoteAddr().String() != own.LocalAddr().String() {
		p.t.Errorf("there was one more call, from %v", next.RemoteAddr())
	}
}

// answer is the peer's part of an obfuscated handshake. It checks which method is agreed on.
func answer(want mselib.CryptoMethod) way {
	return func(peer net.Conn) (io.ReadWriter, error) {
		keys := func(visit func([]byte) bool) { visit(ours[:]) }
		rw, method, err := mselib.ReceiveHandshake(context.Background(), peer, keys, mselib.DefaultCryptoSelector)
		if err == nil && method != want {
			return nil, fmt.Errorf("method %v, want %v", method, want)
		}
		return rw, err
	}
}

// hangUp takes a plain handshake and ends the connection.
func hangUp(t testing.TB, conn net.Conn) {
	t.Helper()
	if b, err := read(conn, message.HandshakeLength); err != nil || !bytes.Equal(b, handshake(ours)) {
		t.Fatalf("read %q, %v", b, err)
	}
	_ = conn.Close()
}

func TestConn_Outgoing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy     wire.Encryption
		hangsUp    bool // once
		speak      way
		encryption string
	}{
		"Plain":                    {wire.EncryptionAllow, false, plain, "plain"},
		"PlainWhenEncryptionIsOff": {wire.EncryptionOff, false, plain, "plain"},
		"RC4WhenRequired":          {wire.EncryptionRequire, false, answer(mselib.CryptoMethodRC4), "rc4"},
		"ObfuscatedAtSecondCall":   {wire.EncryptionAllow, true, answer(mselib.CryptoMethodPlaintext), "plain"},
	} {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				e, peer := newEndpoint(t, wire.Settings{Encryption: tc.policy}), newCalled(t, f)
				conn := peer.dial(e, f)
				client := runOutgoing(conn)
				if tc.hangsUp {
					hangUp(t, peer.accept())
				}
				l := &leecher{t: t, socket: peer.accept()}
				var err error
				if l.ReadWriter, err = tc.speak(l.socket); err != nil {
					t.Fatal(err)
				}
				l.shakeHands(handshake(ours))
				l.say(message.Interested)
				l.unchoke(conn)
				l.ask(blocks(3)...)
				for _, block := range blocks(3) {
					l.take(block)
				}
				if got := conn.Status(); got.Encryption != tc.encryption || got.Incoming || got.Family != f {
					t.Errorf("status %+v", got)
				}
				_ = l.socket.Close()
				if heard := client.wait(t); len(heard) != 1 {
					t.Errorf("the client heard %q", heard)
				}
				peer.assertNoMoreCalls()
				assertEnded(t, e, f, wire.ReasonLeft)
			})
		}
	}
}

// TestConn_OutgoingHungUpOn has a peer take no handshake at all.
func TestConn_OutgoingHungUpOn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy wire.Encryption
		calls  int
	}{
		"Allow":   {wire.EncryptionAllow, 2},
		"Require": {wire.EncryptionRequire, 1},
		"Off":     {wire.EncryptionOff, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, peer := newEndpoint(t, wire.Settings{Encryption: tc.policy}), newCalled(t, family.V4)
			client := runOutgoing(peer.dial(e, family.V4))
			for range tc.calls {
				conn := peer.accept()
				if _, err := read(conn, message.HandshakeLength); err != nil {
					t.Fatal(err)
				}
				_ = conn.Close()
			}
			client.wait(t)
			peer.assertNoMoreCalls()
			assertEnded(t, e, family.V4, wire.ReasonHandshake)
		})
	}
}

// TestConn_OutgoingRequireSaysNothingPlain checks that a peer is not told, in the clear, what we are.
func TestConn_OutgoingRequireSaysNothingPlain(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{Encryption: wire.EncryptionRequire}), newCalled(t, family.V6)
	client := runOutgoing(peer.dial(e, family.V6))
	conn := peer.accept()
	said, err := read(conn, 96)
	if err != nil || bytes.Contains(said, []byte("BitTorrent")) || bytes.Contains(said, ours[:]) {
		t.Errorf("the peer read %q, %v", said, err)
	}
	_ = conn.Close()
	client.wait(t)
}

// TestConn_OutgoingNotAnsweredInTime has a peer that takes the call and says nothing. It is not one that hangs up, and
// would not say more when called again.
func TestConn_OutgoingNotAnsweredInTime(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V6)
	conn := peer.dial(e, family.V6)
	if _, err := conn.Write(handshake(ours)); err != nil {
		t.Fatal(err)
	}
	_ = peer.accept()
	if err := conn.SetDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("read error %v, want a timeout", err)
	}
	peer.assertNoMoreCalls()
	assertEnded(t, e, family.V6, wire.ReasonHandshake)
}

// TestConn_OutgoingAnsweredWrongly has peers answer what no peer of the torrent would. They do not hang up: there is no
// second call.
func TestConn_OutgoingAnsweredWrongly(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string][]byte{
		"ForAnotherTorrent": handshake(wire.InfoHash{7}),
		"WithGarbage":       bytes.Repeat([]byte("HTTP/1.1 400\n"), 10),
		"WithHalfOfIt":      handshake(ours)[:40],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V6)
			client := runOutgoing(peer.dial(e, family.V6))
			conn := peer.accept()
			if _, err := read(conn, message.HandshakeLength); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write(answer); err != nil {
				t.Fatal(err)
			}
			_ = conn.(*net.TCPConn).CloseWrite() // unless the endpoint was quicker
			client.wait(t)
			if client.greeting != (message.Handshake{}) {
				t.Errorf("the client got handshake %+v", client.greeting)
			}
			peer.assertNoMoreCalls()
			assertEnded(t, e, family.V6, wire.ReasonHandshake)
		})
	}
}

// TestConn_OutgoingGoneAtSecondCall has a peer hang up, and not be there any more when it is called again.
func TestConn_OutgoingGoneAtSecondCall(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V4)
	client := runOutgoing(peer.dial(e, family.V4))
	conn := peer.accept()
	call(t, peer.Addr().String()) // a connection that lasts, so that no other test gets the port
	peer.accept()
	_ = peer.Close()
	hangUp(t, conn)
	client.wait(t)
	assertEnded(t, e, family.V4, wire.ReasonHandshake)
}

func TestConn_OutgoingForAnUnknownTorrent(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V6)
	conn := peer.dial(e, family.V6)
	if _, err := conn.Write(handshake(wire.InfoHash{7})); !errors.Is(err, wire.ErrUnknownTorrent) {
		t.Errorf("write error %v, want %v", err, wire.ErrUnknownTorrent)
	}
	if b, err := io.ReadAll(peer.accept()); len(b) > 0 {
		t.Errorf("the peer read %q, %v", b, err)
	}
	assertEnded(t, e, family.V6, wire.ReasonUnknown)
}

func TestConn_OutgoingClosedBeforeItsHandshake(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V6)
	conn := peer.dial(e, family.V6)
	got := async(func() ([]byte, error) { return read(conn, 1) })
	_ = conn.Close()
	if _, err := got(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read error %v, want %v", err, net.ErrClosed)
	}
}

// TestConn_OutgoingClosedDuringSecondCall closes a connection while the second handshake waits for an answer.
func TestConn_OutgoingClosedDuringSecondCall(t *testing.T) {
	t.Parallel()
	e, peer := newEndpoint(t, wire.Settings{}), newCalled(t, family.V6)
	conn := peer.dial(e, family.V6)
	client := runOutgoing(conn)
	hangUp(t, peer.accept())
	second := peer.accept()
	if _, err := read(second, 96); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	client.wait(t)
	if rest, err := io.ReadAll(second); err != nil || len(rest) > 512 {
		t.Errorf("the second call did not end: %d bytes, %v", len(rest), err)
	}
	peer.assertNoMoreCalls()
	assertEnded(t, e, family.V6, wire.ReasonClosed)
}
