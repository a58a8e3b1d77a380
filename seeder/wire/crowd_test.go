package wire_test

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/admission"
	"sixseed/seeder/wire/message"
)

// crowded is an endpoint that takes connections as they come, and a client above each.
type crowded struct {
	*endpoint
	addresses family.Pair[string]
}

func newCrowded(t *testing.T, settings wire.Settings) *crowded {
	t.Helper()
	c := &crowded{endpoint: newEndpoint(t, settings)}
	for _, f := range family.All {
		listener, address := listen(t, c.endpoint, f)
		serve(t, listener)
		*c.addresses.At(f) = address
	}
	return c
}

// join has one more peer come, and stay.
func (c *crowded) join(t *testing.T, f family.Family) *leecher {
	t.Helper()
	peer := call(t, c.addresses.Get(f))
	l := &leecher{t: t, ReadWriter: peer, socket: peer}
	l.shakeHands(handshake(ours))
	return l
}

// assertTurnedAway has one more peer come, and expects it to be refused.
func (c *crowded) assertTurnedAway(t *testing.T, f family.Family) {
	t.Helper()
	before := c.ended(wire.ReasonRefused).Get(f)
	peer, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.addresses.Get(f))
	if err == nil { // else it was turned away before it knew that it was connected
		defer peer.Close()
		setDeadlines(t, peer)
		_, _ = peer.Write(handshake(ours)) // which may be too late already
		if n := (&leecher{t: t, socket: peer}).drain(); n > 0 {
			t.Errorf("a peer over %v too many got %d bytes", f, n)
		}
	}
	if refused := c.ended(wire.ReasonRefused).Get(f) - before; refused != 1 {
		t.Errorf("%d peers over %v refused, want 1", refused, f)
	}
}

// ended is how many connections have ended for a reason.
func (e *endpoint) ended(reason wire.Reason) *family.Pair[int64] {
	counts := e.Ended()[reason]
	return &counts
}

func TestEndpoint_IPv6TakesTheLeastUsefulPlaceOfIPv4(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{MaxConnections: 2})
	useful, useless := c.join(t, family.V4), c.join(t, family.V4)
	useful.begin(c.endpoint)
	c.assertTurnedAway(t, family.V4)

	first := c.join(t, family.V6)
	useless.drain()
	useful.settle()
	if got := c.ended(wire.ReasonReplaced); *got != (family.Pair[int64]{V4: 1}) {
		t.Errorf("replaced %+v, want one over IPv4", *got)
	}
	second := c.join(t, family.V6)
	useful.drain()
	c.assertTurnedAway(t, family.V6)
	c.assertTurnedAway(t, family.V4)
	first.settle()
	second.settle()
	if n := c.accounts.Of(ours, family.V6).Connected(); n != 2 {
		t.Errorf("%d peers over IPv6 connected, want 2", n)
	}
	if n := c.accounts.Of(ours, family.V4).Connected(); n != 0 {
		t.Errorf("%d peers over IPv4 connected, want 0", n)
	}
}

func TestEndpoint_MaxPerTorrent(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{MaxPerTorrent: 1})
	first := c.join(t, family.V4)
	c.assertTurnedAway(t, family.V4)
	second := c.join(t, family.V6)
	first.drain()
	c.assertTurnedAway(t, family.V6)
	c.assertTurnedAway(t, family.V4)
	_ = second.socket.Close()
	eventually(t, "torrent without users, those turned away included", func() bool {
		_, idle := c.served.IdleSince()
		return idle
	})
}

func TestEndpoint_MaxPerAddress(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{MaxPerAddress: 2})
	for _, f := range family.All {
		first := c.join(t, f)
		c.join(t, f)
		c.assertTurnedAway(t, f)
		before := c.Count()
		_ = first.socket.Close()
		eventually(t, "place of who left", func() bool { return c.Count() == before-1 })
		c.join(t, f)
		c.assertTurnedAway(t, f)
	}
}

// TestEndpoint_Strangers has more peers come than may shake hands at a time. The oldest has to go; who is in stays.
func TestEndpoint_Strangers(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V6)
	var oldest net.Conn
	for n := range admission.DefaultStrangers {
		peer := newStranger(t, e, n)
		if n == 0 {
			oldest = peer
		}
	}
	if got := e.ended(wire.ReasonReplaced); *got != (family.Pair[int64]{}) {
		t.Fatalf("replaced %+v before there were too many", *got)
	}
	newStranger(t, e, admission.DefaultStrangers)
	if got := e.ended(wire.ReasonReplaced); *got != (family.Pair[int64]{V6: 1}) {
		t.Errorf("replaced %+v, want one", *got)
	}
	if _, err := oldest.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the oldest stranger reads %v, want the end", err)
	}
	l.settle()
}

// newStranger has a peer of a network of its own connect, and say nothing.
func newStranger(t *testing.T, e *endpoint, n int) net.Conn {
	t.Helper()
	peer, socket := net.Pipe()
	from := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 8), byte(n), 15: 1})
	conn, err := wire.NewIncoming(e.Endpoint, socket, netip.AddrPortFrom(from, 6881))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), peer.Close() })
	return peer
}

// TestEndpoint_ReplacedWhileSending takes the place of a peer that blocks are on their way to.
func TestEndpoint_ReplacedWhileSending(t *testing.T) {
	t.Parallel()
	c := newCrowded(t, wire.Settings{MaxConnections: 1})
	l := c.join(t, family.V4)
	narrow(t, l, l.begin(c.endpoint))
	l.ask(allBlocks()...)
	l.next(message.Piece)
	c.join(t, family.V6).settle()
	if n := l.drain(); n >= dataLength {
		t.Error("the peer got all that it asked for")
	}
	if got := c.ended(wire.ReasonReplaced); *got != (family.Pair[int64]{V4: 1}) {
		t.Errorf("replaced %+v, want one over IPv4", *got)
	}
}
