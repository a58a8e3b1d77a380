package wire_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// waysToAsk are requests for many blocks: those that lie one after the other are sent several at a time.
func waysToAsk() map[string][]message.Block {
	var apart []message.Block
	for i, block := range allBlocks() {
		if i%2 == 0 {
			apart = append(apart, block)
		}
	}
	return map[string][]message.Block{"OneAfterTheOther": allBlocks(), "Apart": apart}
}

// TestConn_GivesUpAPeerThatTakesNoBlocks has peers ask for more than is on its way at a time, and read none of it.
func TestConn_GivesUpAPeerThatTakesNoBlocks(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		for order, asked := range waysToAsk() {
			t.Run(name+"/"+order, func(t *testing.T) {
				t.Parallel()
				e := newEndpoint(t, wire.Settings{})
				l, client := newLeecherBy(t, e, family.V6, speak)
				narrow(t, l, l.begin(e))
				l.settle()
				e.SetStalled(50 * time.Millisecond) // not before: a busy machine may need longer for what is small
				l.ask(asked...)
				client.wait(t)
				assertEnded(t, e, family.V6, wire.ReasonStalled)
			})
		}
	}
}

// watched is a socket that tells of the deadlines that are set for writing.
type watched struct {
	*net.TCPConn
	deadlines chan time.Time
}

func (w watched) SetWriteDeadline(t time.Time) error {
	w.deadlines <- t
	return w.TCPConn.SetWriteDeadline(t)
}

// newWatched connects a peer to an endpoint, with a client above, by a socket that is watched.
func newWatched(t *testing.T, e *endpoint) (watched, *leecher, *engine) {
	t.Helper()
	peer := newCalled(t, family.V6)
	socket := watched{call(t, peer.Addr().String()), make(chan time.Time, 10_000)}
	far := peer.accept()
	conn, err := wire.NewIncoming(e.Endpoint, socket, netip.MustParseAddrPort(socket.RemoteAddr().String()))
	if err != nil {
		t.Fatal(err)
	}
	client := run(conn)
	l := &leecher{t: t, ReadWriter: far, socket: far}
	l.shakeHands(handshake(ours))
	l.unchoke(conn)
	narrow(t, l, conn)
	return socket, l, client
}

// answerLength is how many bytes piece messages with blocks have.
func answerLength(blocks []message.Block) (bytes int) {
	for _, block := range blocks {
		bytes += message.PieceHeaderLength + int(block.Length)
	}
	return bytes
}

// TestConn_IsPatientWithASlowPeer has a peer read a little at a time. Whenever that makes room for more, it has its time
// anew; and when it has taken all, there is no deadline left.
func TestConn_IsPatientWithASlowPeer(t *testing.T) {
	t.Parallel()
	for order, asked := range waysToAsk() {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			socket, l, client := newWatched(t, e)
			l.ask(asked...)
			var last time.Time
			waits := 0
			for rest := answerLength(asked); rest > 0; {
				n, err := l.socket.Read(make([]byte, min(rest, 8<<10)))
				if rest -= n; err != nil {
					t.Fatal(err)
				}
				for len(socket.deadlines) > 0 {
					next := <-socket.deadlines
					if !next.IsZero() && next.Before(last) {
						t.Errorf("the peer has time until %v, after %v before", next, last)
					}
					if last = next; !next.IsZero() {
						waits++
					}
				}
			}
			_ = l.socket.Close()
			client.wait(t)
			e.Wait()
			for len(socket.deadlines) > 0 {
				last = <-socket.deadlines
			}
			if waits < 3 || !last.IsZero() {
				t.Errorf("%d waits, in the end there is a deadline at %v", waits, last)
			}
			assertEnded(t, e, family.V6, wire.ReasonLeft)
		})
	}
}

// newPiped connects a peer to an endpoint, with a client above, by a pipe: it holds nothing, so that a peer that does
// not read is felt at once. The clock is that of the test's bubble.
func newPiped(t *testing.T) (*endpoint, *leecher, *wire.Conn, *engine) {
	t.Helper()
	e := newEndpoint(t, wire.Settings{})
	peer, socket := net.Pipe()
	local := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("[2001:db8::2]:6881"))
	conn, err := wire.NewIncoming(e.Endpoint, placed{socket, local}, netip.MustParseAddrPort("[2001:db8::1]:6881"))
	if err != nil {
		t.Fatal(err)
	}
	client := run(conn)
	t.Cleanup(func() { _, _ = conn.Close(), peer.Close() })
	l := &leecher{t: t, ReadWriter: peer, socket: peer}
	l.shakeHands(handshake(ours))
	for range 5 {
		l.next(message.AllowedFast)
	}
	return e, l, conn, client
}

func TestConn_GivesUpAPeerThatTakesNoMessages(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(*leecher, *wire.Conn){
		"OfTheClients": func(_ *leecher, conn *wire.Conn) { _, _ = conn.Write(message.AppendKeepAlive(nil)) },
		"Unchoke":      func(_ *leecher, conn *wire.Conn) { conn.Unchoke() },
		"Answer":       func(l *leecher, _ *wire.Conn) { l.say(message.HashRequest) },
		"Block": func(l *leecher, conn *wire.Conn) {
			conn.Unchoke()
			l.next(message.Unchoke)
			l.ask(blocks(1)...)
			_, _ = read(l, 100)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, l, conn, client := newPiped(t)
				begin := time.Now()
				say(l, conn)
				<-client.ended
				if waited := time.Since(begin); waited != wire.Stalled {
					t.Errorf("gave up after %v, want %v", waited, wire.Stalled)
				}
				assertEnded(t, e, family.V6, wire.ReasonStalled)
			})
		})
	}
}

func TestConn_WriteToAPeerThatTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, _, conn, client := newPiped(t)
		if n, err := conn.Write(message.AppendKeepAlive(nil)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("wrote %d bytes, %v", n, err)
		}
		<-client.ended
	})
}

// TestConn_IsPatientWithASlowPeerOfManyBlocks has a peer take a block just within its time, again and again.
func TestConn_IsPatientWithASlowPeerOfManyBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l, conn, client := newPiped(t)
		conn.Unchoke()
		l.next(message.Unchoke)
		l.ask(blocks(20)...)
		for _, block := range blocks(20) {
			time.Sleep(wire.Stalled - time.Second)
			l.say(message.Interested) // so as not to be silent
			l.take(block)
		}
		_ = l.socket.Close()
		<-client.ended
	})
}

func TestConn_GivesUpAPeerThatSaysNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, l, _, client := newPiped(t)
		for range 10 {
			time.Sleep(wire.Silent - time.Second)
			l.write(message.AppendKeepAlive(nil))
		}
		begin := time.Now()
		<-client.ended
		if waited := time.Since(begin); waited != wire.Silent {
			t.Errorf("gave up after %v, want %v", waited, wire.Silent)
		}
		assertEnded(t, e, family.V6, wire.ReasonSilent)
	})
}
