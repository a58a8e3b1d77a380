package wire_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// marks are code points of both classes that nothing else sets.
var marks = family.Pair[uint8]{V4: 1, V6: 34}

// other is the class of addresses that an admin has put in the other family's.
var other = family.Pair[family.Class]{V4: family.ClassV6, V6: family.ClassV4}

// classes has all addresses of both loopbacks count as something.
func classes(of family.Pair[family.Class]) family.Classifier {
	return family.Classifier{Prefixes: family.NewPrefixes(map[netip.Prefix]family.Class{
		netip.MustParsePrefix("127.0.0.0/8"): of.V4,
		netip.MustParsePrefix("::1/128"):     of.V6,
	})}
}

// on calls get with the descriptor of a socket.
func on[T any](t testing.TB, socket any, get func(fd int) (T, error)) (got T) {
	t.Helper()
	raw, err := socket.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	failed := raw.Control(func(fd uintptr) { got, err = get(int(fd)) })
	if failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return got
}

// option reads an option of a socket.
func option(t testing.TB, socket any, level, name int) int {
	t.Helper()
	return on(t, socket, func(fd int) (int, error) { return unix.GetsockoptInt(fd, level, name) })
}

// markOf is the code point of a socket's packets, which are those of a family.
func markOf(t testing.TB, socket any, packets family.Family) uint8 {
	t.Helper()
	level, name := unix.IPPROTO_IP, unix.IP_TOS
	if packets == family.V6 {
		level, name = unix.IPPROTO_IPV6, unix.IPV6_TCLASS
	}
	return uint8(option(t, socket, level, name) >> 2)
}

// firstBacklogs are the bounds that sockets for the classes begin with.
var firstBacklogs = family.Pair[int]{V4: wire.FirstBacklog, V6: wire.MostBacklog}

// assertTuned wants a socket that has the options of a class.
func assertTuned(t testing.TB, socket any, packets, class family.Family) {
	t.Helper()
	if got, want := markOf(t, socket, packets), marks.Get(class); got != want {
		t.Errorf("packets have DSCP %d, want %d", got, want)
	}
	if got, want := bound(t, socket), firstBacklogs.Get(class); got != want {
		t.Errorf("%d bytes that are not sent are taken, want %d", got, want)
	}
}

// TestEndpoint_TunesSockets looks at the sockets of both families and directions, of peers that count as what they are
// and of those that count as the other family.
func TestEndpoint_TunesSockets(t *testing.T) {
	t.Parallel()
	for _, packets := range family.All {
		for name, test := range map[string]struct {
			classifier family.Classifier
			class      family.Family
		}{
			"Native":       {family.Classifier{}, packets},
			"OtherwisePut": {classes(other), family.V4 + family.V6 - packets},
		} {
			settings := wire.Settings{DSCP: marks, Classifier: test.classifier}
			t.Run(fmt.Sprintf("%v/%s/Incoming", packets, name), func(t *testing.T) {
				t.Parallel()
				_, conn := connect(t, newEndpoint(t, settings), packets)
				if conn.Family() != test.class {
					t.Errorf("counts as %v, want %v", conn.Family(), test.class)
				}
				assertTuned(t, conn.Socket(), packets, test.class)
			})
			t.Run(fmt.Sprintf("%v/%s/Dialled", packets, name), func(t *testing.T) {
				t.Parallel()
				peer, first := newObserver(t, packets)
				conn, err := newEndpoint(t, settings).Dialer(packets).Dial(t.Context(), peer.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				assertTuned(t, conn.(*wire.Conn).Socket(), packets, test.class)
				if got, want := first(), marks.Get(test.class); got != want {
					t.Errorf("the first packet arrived with DSCP %d, want %d", got, want)
				}
			})
		}
	}
}

// newObserver returns a listener, and a function that accepts a connection and returns the code point of its first packet
// as it was on the wire.
func newObserver(t testing.TB, f family.Family) (listener net.Listener, first func() uint8) {
	t.Helper()
	config := net.ListenConfig{}
	config.SetMultipathTCP(false)
	listener, err := config.Listen(t.Context(), "tcp", net.JoinHostPort(loopback.Get(f), "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	on(t, listener, func(fd int) (any, error) {
		return nil, unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_SAVE_SYN, 1)
	})
	return listener, func() uint8 {
		t.Helper()
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		header := on(t, conn, func(fd int) (string, error) {
			return unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_SAVED_SYN)
		})
		if f == family.V6 {
			return header[0]&0xf<<2 | header[1]>>6 // RFC 8200: the traffic class is four bits of each
		}
		return header[1] >> 2
	}
}

// TestEndpoint_ListenerMarksItsAnswers looks at the socket that answers a peer's first packet, before there is another.
func TestEndpoint_ListenerMarksItsAnswers(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{DSCP: marks})
	for _, f := range family.All {
		listener, _ := listen(t, e, f)
		assertTuned(t, listener.Socket(), f, f)
	}
}

func TestEndpoint_ApplyMarksNewConnections(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			listener, address := listen(t, e, f)
			accept := func() *wire.Conn {
				call(t, address)
				conn, err := listener.Accept()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				return conn.(*wire.Conn)
			}
			before := accept()
			e.Apply(wire.Settings{MaxConnections: 10, DSCP: marks, Classifier: classes(other)})
			after := accept()
			if got := markOf(t, before.Socket(), f); before.Family() != f || got != 0 {
				t.Errorf("one that was there is %v now and has DSCP %d", before.Family(), got)
			}
			want := family.V4 + family.V6 - f
			if got := markOf(t, after.Socket(), f); after.Family() != want || got != marks.Get(want) {
				t.Errorf("a new one is %v and has DSCP %d, want %v, %d", after.Family(), got, want, marks.Get(want))
			}
		})
	}
}

// TestListener_TellsOnceOfMissingOptions has peers on sockets that know nothing of TCP. They are served nevertheless.
func TestListener_TellsOnceOfMissingOptions(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	e := newEndpoint(t, wire.Settings{}, func(c *wire.Config) { c.Log = slog.New(slog.NewTextHandler(&lines, nil)) })
	socket := nowhereSocket{next: make(chan net.Conn, 2)}
	listener := wire.NewListener(e.Endpoint, family.V6, socket)
	for range cap(socket.next) {
		other, err := new(net.Dialer).DialContext(t.Context(), "udp", "[::1]:9")
		if err != nil {
			t.Fatal(err)
		}
		socket.next <- other
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if n := strings.Count(lines.String(), "sockets of peers lack options"); n != 1 || !strings.Contains(lines.String(), "bound what is not sent") {
		t.Errorf("told %d times:\n%s", n, &lines)
	}
}

// TestConn_BoundsWhatIsNotSent has peers ask for more than the bound and read none of it. The sender counts what the
// socket has taken when that takes no more, or after much more than the bound.
func TestConn_BoundsWhatIsNotSent(t *testing.T) {
	t.Parallel()
	const segment = 64 << 10                                                // TCP fills the one that it has begun
	steady := tickingFrom(time.Unix(1_000_000_000, 0), 20*time.Millisecond) // so that the bound stays as it is
	for order, asked := range waysToAsk() {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{}, func(c *wire.Config) { c.Now = steady })
			l, _ := newLeecher(t, e, family.V4)
			if err := l.socket.(*net.TCPConn).SetReadBuffer(narrowBuffer); err != nil {
				t.Fatal(err)
			}
			conn := l.begin(e)
			l.ask(asked...)
			eventually(t, "what a socket takes", func() bool { return conn.Status().Traffic.Payload > 0 })
			eventually(t, "full socket", standstill(t, conn.Socket()))
			held := notSent(t, conn.Socket()) // a late acknowledgement lets up to half of it go, and wakes nobody
			if held < wire.FirstBacklog/2 || held > wire.FirstBacklog+segment {
				t.Errorf("%d bytes are taken and not sent, want %d and a segment at most", held, wire.FirstBacklog)
			}
		})
	}
}

// TestConn_BacklogFollowsThePeer has peers take so much that the socket is filled again, in no time or in what the clock
// says is a long one.
func TestConn_BacklogFollowsThePeer(t *testing.T) {
	t.Parallel()
	begin := time.Unix(1_000_000_000, 0)
	for name, test := range map[string]struct {
		now func() time.Time
		is  func(bound int) bool
	}{
		"Fast": {func() time.Time { return begin }, func(bound int) bool { return bound > wire.FirstBacklog }},
		"Slow": {tickingFrom(begin, time.Second), func(bound int) bool { return bound == wire.LeastBacklog }},
	} {
		for way, speak := range ways {
			for order, asked := range waysToAsk() {
				t.Run(name+"/"+way+"/"+order, func(t *testing.T) {
					t.Parallel()
					e := newEndpoint(t, wire.Settings{}, func(c *wire.Config) { c.Now = test.now })
					l, _ := newLeecherBy(t, e, family.V4, speak)
					if err := l.socket.(*net.TCPConn).SetReadBuffer(narrowBuffer); err != nil {
						t.Fatal(err)
					}
					socket := l.begin(e).Socket()
					l.ask(asked...)
					l.readUntil(socket, func() bool { return test.is(bound(t, socket)) })
				})
			}
		}
	}
}

// readUntil has the peer read a little whenever the socket is full, until something is so.
func (l *leecher) readUntil(socket any, is func() bool) {
	l.t.Helper()
	still := standstill(l.t, socket)
	eventually(l.t, "other bound", func() bool {
		if is() {
			return true
		}
		if still() && notSent(l.t, socket) >= wire.FirstBacklog/2 {
			if _, err := io.CopyN(io.Discard, l.socket, narrowBuffer); err != nil {
				l.t.Fatal(err)
			}
		}
		return false
	})
}

// standstill tells, each time that it is called, whether a socket has held the same for many calls.
func standstill(t testing.TB, socket any) func() bool {
	const many = 50
	before, same := 0, 0
	return func() bool {
		same++
		if held := notSent(t, socket); held != before {
			before, same = held, 0
		}
		still := same >= many
		if still {
			same = 0 // what the caller does now takes its time to show
		}
		return still
	}
}

// notSent is how many bytes a socket holds that are not on their way.
func notSent(t testing.TB, socket any) int {
	t.Helper()
	return on(t, socket, func(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.SIOCOUTQNSD) })
}

// bound is how many these may be.
func bound(t testing.TB, socket any) int {
	t.Helper()
	return option(t, socket, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT)
}

// tickingFrom is a clock that goes on by a step whenever it is looked at.
func tickingFrom(t time.Time, step time.Duration) func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return t.Add(time.Duration(looks.Add(1)) * step) }
}
