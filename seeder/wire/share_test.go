package wire_test

import (
	"net/netip"
	"sync"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// roll is a gate that lets everything through, and keeps a list of who has joined.
type roll struct {
	mu      sync.Mutex
	members []*member
}

// Join implements wire.Gate.
func (r *roll) Join(f family.Family, addr netip.Addr) wire.Share {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := &member{roll: r, family: f, addr: addr}
	r.members = append(r.members, m)
	return m
}

// member is a connection's share.
type member struct {
	roll   *roll
	family family.Family
	addr   netip.Addr
	put    []bool // the calls of Put
	left   int    // and of Leave
}

// Take implements wire.Share.
func (m *member) Take(_ <-chan struct{}, wanted int64) int64 { return wanted }

// Return implements wire.Share.
func (m *member) Return(int64) {}

// Put implements wire.Share.
func (m *member) Put(last bool) {
	m.roll.mu.Lock()
	defer m.roll.mu.Unlock()
	m.put = append(m.put, last)
}

// Leave implements wire.Share.
func (m *member) Leave() {
	m.roll.mu.Lock()
	defer m.roll.mu.Unlock()
	m.left++
}

// count returns how many have joined, and how many of them have left. It fails if one left twice.
func (r *roll) count(t *testing.T) (joined, left int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.members {
		left += m.left
		if m.left > 1 {
			t.Errorf("%v left %d times", m.addr, m.left)
		}
	}
	return len(r.members), left
}

// newRoll returns an endpoint behind a roll.
func newRoll(t *testing.T, settings wire.Settings) (*roll, *endpoint) {
	t.Helper()
	r := new(roll)
	return r, newEndpoint(t, settings, func(config *wire.Config) { config.Gate = r })
}

func TestConn_JoinsTheGateAsWhatItCountsAs(t *testing.T) {
	t.Parallel()
	r, e := newRoll(t, wire.Settings{Classifier: classes(other)})
	newLeecher(t, e, family.V4)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.members) != 1 || r.members[0].family != family.V6 || r.members[0].addr.String() != loopback.V4 {
		t.Errorf("joined: %+v, want %v as IPv6", r.members[0], loopback.V4)
	}
}

// However connections end, each leaves the gate, once.
func TestConn_LeavesTheGateOnce(t *testing.T) {
	t.Parallel()
	const each = 5
	r, e := newRoll(t, wire.Settings{MaxConnections: 100})
	ends := []func(*leecher, *wire.Conn){
		func(l *leecher, _ *wire.Conn) { _ = l.socket.Close() },
		func(_ *leecher, c *wire.Conn) { _, _ = c.Close(), c.Close() },
		func(l *leecher, _ *wire.Conn) { l.write(message.AppendIndex(nil, message.Have, 1000)) }, // there is no such piece
		func(l *leecher, c *wire.Conn) { // at the same time
			go c.Close()
			_ = l.socket.Close()
		},
	}
	for _, f := range family.All {
		listener, address := listen(t, e, f)
		serve(t, listener)
		for range each {
			for _, end := range ends {
				peer := call(t, address)
				l := &leecher{t: t, ReadWriter: peer, socket: peer}
				l.shakeHands(handshake(ours))
				conn := l.begin(e)
				l.ask(blocks(20)...)
				end(l, conn)
			}
		}
	}
	eventually(t, "all have left", func() bool {
		_, left := r.count(t)
		return left == 2*each*len(ends)
	})
	e.Wait()
	if joined, left := r.count(t); joined != left {
		t.Errorf("%d joined and %d left", joined, left)
	}
}

// Who names no torrent of ours does not get as far as the gate.
func TestConn_StrangersDoNotJoinTheGate(t *testing.T) {
	t.Parallel()
	r, e := newRoll(t, wire.Settings{})
	peer, conn := connect(t, e, family.V6)
	client := run(conn)
	if _, err := peer.Write(handshake(wire.InfoHash{9})); err != nil {
		t.Fatal(err)
	}
	client.wait(t)
	if joined, left := r.count(t); joined != 0 || left != 0 {
		t.Errorf("%d joined and %d left", joined, left)
	}
}

func TestConn_PutLast(t *testing.T) {
	t.Parallel()
	r, e := newRoll(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V6)
	conn := l.conn(e)
	for _, last := range []bool{false, true, true, true, false, false, true} {
		conn.PutLast(last)
		if conn.Status().Last != last {
			t.Errorf("the status says %v, want %v", !last, last)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if got := r.members[0].put; len(got) != 3 || !got[0] || got[1] || !got[2] {
		t.Errorf("the share was told %v, want each change once", got)
	}
}

func TestConn_PutLastWithoutAGate(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V4)
	conn := l.conn(e)
	conn.PutLast(true)
	if !conn.Status().Last {
		t.Error("it does not come last")
	}
}

func TestConn_AtGate(t *testing.T) {
	t.Parallel()
	g, e, l, _ := newGated(t, family.V6, plain)
	conn := l.conn(e)
	if conn.Status().AtGate {
		t.Error("waits for leave with nothing asked for")
	}
	asked := blocks(2)
	l.queue(asked...)
	g.awaits(t, question{family.V6, 2 * blockLength})
	eventually(t, "the status says that it waits", func() bool { // an interruption left over has it ask once more
		status := conn.Status()
		return status.AtGate && status.Queue == 2
	})
	g.grant(t, 2*blockLength)
	l.take(asked[0])
	l.take(asked[1])
	e.Wait()
	if conn.Status().AtGate {
		t.Error("waits for leave with all sent")
	}
}

func TestConn_ReturnsWhatItDoesNotUse(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*leecher, *endpoint, message.Block){
		"Cancelled": func(l *leecher, _ *endpoint, left message.Block) {
			l.write(message.AppendBlock(nil, message.Cancel, left))
			l.next(message.RejectRequest)
		},
		"Choked": func(l *leecher, e *endpoint, _ message.Block) { l.conn(e).Choke() },
		"Closed": func(l *leecher, e *endpoint, _ message.Block) { _ = l.conn(e).Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, e, l, _ := newGated(t, family.V6, plain)
			asked := []message.Block{refusedTo(family.V6), refusedTo(family.V6)}
			asked[1].Begin = blockLength
			l.queue(asked...)
			g.awaits(t, question{family.V6, 2 * blockLength})
			g.grant(t, blockLength+100)
			l.take(asked[0])
			g.awaits(t, question{family.V6, blockLength - 100})
			if got := g.returned.Load(); got != 0 {
				t.Errorf("%d bytes were given back with a block to send", got)
			}
			end(l, e, asked[1])
			receive(t, whenDone(e.Wait))
			if got := g.returned.Load(); got != 100 {
				t.Errorf("%d bytes were given back, want 100", got)
			}
		})
	}
}
