package wire_test

import (
	"net"
	"net/netip"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// fetch has a peer take a block, and returns once it is on the account of the other end.
func (l *leecher) fetch(conn *wire.Conn) {
	l.t.Helper()
	before := conn.Status().Traffic.Payload
	l.ask(blocks(1)...)
	l.take(blocks(1)[0])
	eventually(l.t, "the block is on the account", func() bool { return conn.Status().Traffic.Payload > before })
}

func TestEndpoint_Paths(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{})
	var leechers family.Pair[[]*leecher]
	for _, f := range family.All {
		for range 3 {
			l := c.join(t, f)
			l.begin(c.endpoint)
			*leechers.At(f) = append(*leechers.At(f), l)
		}
	}
	count := func(what string, f family.Family, limit, want int) {
		t.Helper()
		paths := c.Paths(f, limit)
		if len(paths) != want {
			t.Errorf("%s: %d paths of %v, want %d", what, len(paths), f, want)
		}
		for _, path := range paths {
			if path.RTT <= 0 || path.Base <= 0 || path.Base > path.RTT+path.Deviation*4 || path.Lost || path.Sent <= 0 || path.Arrived < 0 {
				t.Errorf("%s: %+v", what, path)
			}
		}
	}
	count("nothing was sent", family.V4, 10, 0)
	leechers.V4[0].fetch(leechers.V4[0].conn(c.endpoint))
	leechers.V4[1].fetch(leechers.V4[1].conn(c.endpoint))
	leechers.V6[0].fetch(leechers.V6[0].conn(c.endpoint))
	count("two were sent to", family.V4, 10, 2)
	count("one was sent to", family.V6, 10, 1)
	count("nothing was sent since", family.V4, 10, 0)
	for _, l := range leechers.V4 {
		l.fetch(l.conn(c.endpoint))
	}
	count("three were sent to, and two are enough", family.V4, 2, 2)
	count("the third", family.V4, 2, 1)
	count("nothing was sent since", family.V4, 2, 0)
}

// A socket takes more than goes out at once. What counts is what goes out, when it does.
func TestEndpoint_PathsOfAPeerThatReadsLater(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{})
	l := c.join(t, family.V6)
	if err := l.socket.(*net.TCPConn).SetReadBuffer(narrowBuffer); err != nil {
		t.Fatal(err)
	}
	l.begin(c.endpoint)
	var arrived int64
	sent := func() (bytes int64) {
		for _, path := range c.Paths(family.V6, 10) {
			bytes += path.Sent
			arrived += path.Arrived
		}
		return bytes
	}
	asked := allBlocks()
	l.ask(asked...)
	var total int64
	eventually(t, "TCP has sent what the peer's buffer takes", func() bool {
		more := sent()
		total += more
		return total > 0 && more == 0
	})
	if total > dataLength/2 {
		t.Fatalf("%d bytes are out though the peer has read none", total)
	}
	for _, block := range asked {
		l.take(block)
	}
	eventually(t, "the rest is out", func() bool {
		total += sent()
		return total >= dataLength
	})
	if most := int64(dataLength + 100*len(asked)); total > most {
		t.Errorf("%d bytes are out, no more than %d were asked for", total, most)
	}
	if arrived < total/2 || arrived > total {
		t.Errorf("%d bytes of %d have arrived", arrived, total)
	}
	if more := sent(); more != 0 {
		t.Errorf("%d bytes though nothing is asked for", more)
	}
}

// TestEndpoint_PathsOfOtherSockets has a peer over what is no socket of the system's.
func TestEndpoint_PathsOfOtherSockets(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	peer, socket := net.Pipe()
	t.Cleanup(func() { _ = peer.Close() })
	setDeadlines(t, peer)
	conn, err := wire.NewIncoming(e.Endpoint, socket, netip.MustParseAddrPort("192.0.2.1:6881"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run(conn).stop)
	l := &leecher{t: t, ReadWriter: peer, socket: peer}
	l.shakeHands(handshake(ours))
	l.say(message.Interested)
	l.unchoke(conn)
	l.fetch(conn)
	if paths := e.Paths(family.V4, 10); len(paths) != 0 {
		t.Errorf("%+v", paths)
	}
}

func TestEndpoint_Count(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{})
	if n := c.Count(); n != 0 {
		t.Errorf("%d peers before one came", n)
	}
	call(t, c.addresses.V4) // says nothing, and is no peer yet
	first := c.join(t, family.V4)
	c.join(t, family.V6)
	if n := c.Count(); n != 2 {
		t.Errorf("%d peers, want 2", n)
	}
	_ = first.socket.Close()
	eventually(t, "one has left", func() bool { return c.Count() == 1 })
}
