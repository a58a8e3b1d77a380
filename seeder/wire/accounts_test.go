package wire_test

import (
	"net"
	"sync/atomic"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// counted is a peer's socket that counts what goes over it.
type counted struct {
	net.Conn
	read, written atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n))
	return n, err
}

// newCounted is newLeecherBy with a socket that counts.
func newCounted(t *testing.T, e *endpoint, f family.Family, speak way) (*counted, *leecher, *engine) {
	t.Helper()
	peer, conn := connect(t, e, f)
	client, socket := run(conn), &counted{Conn: peer}
	t.Cleanup(client.stop)
	l := &leecher{t: t, socket: peer}
	var err error
	if l.ReadWriter, err = speak(socket); err != nil {
		t.Fatal(err)
	}
	l.shakeHands(handshake(ours))
	return socket, l, client
}

// assertCounted compares what is on the accounts of a family with what went over a peer's socket, and checks that all
// else is nought.
func assertCounted(t *testing.T, e *endpoint, f family.Family, socket *counted) {
	t.Helper()
	got := e.traffic(f)
	if got.Received != socket.written.Load() {
		t.Errorf("received %d bytes, the peer sent %d", got.Received, socket.written.Load())
	}
	if sent := got.Payload + got.Overhead; sent != socket.read.Load() {
		t.Errorf("sent %d bytes, the peer received %d", sent, socket.read.Load())
	}
	e.accounts.Each(func(infoHash wire.InfoHash, of family.Family, account *wire.Account) {
		if account.Connected() != 0 || of != f && account.Traffic() != (wire.Traffic{}) {
			t.Errorf("on the account of %x, %v: %+v, %d connected", infoHash[:3], of, account.Traffic(), account.Connected())
		}
	})
}

func TestTraffic(t *testing.T) {
	t.Parallel()
	a, b := wire.Traffic{Payload: 1, Overhead: 20, Received: 300}, wire.Traffic{Payload: 4, Overhead: 50, Received: 600}
	if sum := a.Plus(b); sum != (wire.Traffic{Payload: 5, Overhead: 70, Received: 900}) || sum.Minus(b) != a {
		t.Errorf("sum %+v, difference %+v", sum, sum.Minus(b))
	}
}

func TestAccounts_AllThatGoesOverTheSocket(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				e := newEndpoint(t, wire.Settings{})
				socket, l, client := newCounted(t, e, f, speak)
				conn := l.begin(e)
				l.write(extended(0, theirs))
				l.ask(blocks(20)...)
				for _, block := range blocks(20) {
					l.take(block)
				}
				l.ask(message.Block{Piece: pieces})
				l.settle()
				_ = l.socket.Close()
				client.wait(t)
				e.Wait()
				assertCounted(t, e, f, socket)
				account := e.accounts.Of(ours, f).Traffic()
				if account.Payload != 20*blockLength || account.Overhead < 20*message.PieceHeaderLength {
					t.Errorf("on the torrent's account: %+v", account)
				}
				if got := conn.Status().Traffic; got != e.traffic(f) {
					t.Errorf("of the connection: %+v, of all: %+v", got, e.traffic(f))
				}
			})
		}
	}
}

// TestAccounts_EndInTheMiddleOfABlock closes connections with a long queue, to a peer that reads on to the end.
func TestAccounts_EndInTheMiddleOfABlock(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			socket, l, client := newCounted(t, e, family.V6, speak)
			conn := l.begin(e)
			narrow(t, l, conn)
			l.ask(allBlocks()...)
			l.next(message.Piece)
			eventually(t, "all requests there", func() bool {
				return conn.Status().Traffic.Received == socket.written.Load()
			})
			_ = conn.Close()
			client.wait(t)
			e.Wait()
			socket.read.Add(l.drain())
			assertCounted(t, e, family.V6, socket)
			if payload := e.traffic(family.V6).Payload; payload < blockLength || payload >= dataLength {
				t.Errorf("%d bytes of data sent, want some of %d", payload, dataLength)
			}
		})
	}
}

func TestAccounts_UnknownTorrentIsOnNobodysAccount(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	peer, conn := connect(t, e, family.V4)
	client, socket := run(conn), &counted{Conn: peer}
	if _, err := socket.Write(handshake(wire.InfoHash{7})[:48]); err != nil {
		t.Fatal(err)
	}
	client.wait(t)
	assertCounted(t, e, family.V4, socket)
	if got := e.accounts.Of(wire.Unattributed, family.V4).Traffic(); got != (wire.Traffic{Received: 48}) {
		t.Errorf("unattributed: %+v", got)
	}
	if got := e.accounts.Of(wire.InfoHash{7}, family.V4).Traffic(); got != (wire.Traffic{}) {
		t.Errorf("on the account of what is not seeded: %+v", got)
	}
}
