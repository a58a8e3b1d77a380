package announce_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

// packet is a request of BEP 15 as the far side of a socket saw it.
type packet struct {
	At     time.Duration
	Socket int
	Action uint32
	ID     uint64
}

// udpLab is a UDP tracker behind sockets of the test's own, in the time of a synctest bubble.
type udpLab struct {
	begin  time.Time
	answer func(p packet, request []byte) [][]byte

	mu      sync.Mutex
	sockets int
	packets []packet
	last    []byte
}

// dial opens one more socket to the tracker. A net.Pipe keeps the bounds of packets as long as each is read whole.
func (l *udpLab) dial(context.Context, string, string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sockets++
	near, far := net.Pipe()
	go l.serve(far, l.sockets)
	return near, nil
}

func (l *udpLab) serve(conn net.Conn, socket int) {
	defer conn.Close()
	for {
		request := make([]byte, 2048)
		n, err := conn.Read(request)
		if err != nil {
			return
		}
		p := packet{time.Since(l.begin), socket, binary.BigEndian.Uint32(request[8:]), binary.BigEndian.Uint64(request)}
		l.mu.Lock()
		l.packets = append(l.packets, p)
		l.last = request[:n]
		l.mu.Unlock()
		for _, answer := range l.answer(p, request[:n]) {
			_, _ = conn.Write(answer)
		}
	}
}

// seen returns the packets that came so far.
func (l *udpLab) seen() []packet {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.packets)
}

// reply makes a response to request: action, its transaction id, and the rest.
func reply(request []byte, action uint32, rest ...byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, action)
	return append(append(head, request[12:16]...), rest...)
}

func connectionID(n byte) []byte { return []byte{0, 0, 0, 0, 0, 0, 0, n} }

// welcome answers connects with the socket's number as id and announces with an interval of 1,800 s and one peer.
func welcome(p packet, request []byte) [][]byte {
	if p.Action == 0 {
		return [][]byte{reply(request, 0, connectionID(byte(p.Socket))...)}
	}
	peer := append(netip.MustParseAddr("2001:db8::7").AsSlice(), 0x1a, 0xe1)
	return [][]byte{reply(request, 1, append([]byte{0, 0, 7, 8, 0, 0, 0, 1, 0, 0, 0, 1}, peer...)...)}
}

// inUDPLab runs test in a bubble, with a tracker that answers with answer.
func inUDPLab(t *testing.T, answer func(p packet, request []byte) [][]byte, test func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &udpLab{begin: time.Now(), answer: answer}
		exchange, closeIdle := announce.NewUDPExchange(l.dial)
		test(t, l, func() (announce.Response, error) {
			return exchange(t.Context(), request(t, "udp://[2001:db8::1]:6969/announce?x=1", family.V6))
		})
		closeIdle()
	})
}

const hello = 0x41727101980 // the id in a connect request

func TestUDP_KeepsConnectionIDForAMinute(t *testing.T) {
	t.Parallel()
	inUDPLab(t, welcome, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
		for range 3 {
			resp, err := announceOnce()
			want := announce.Response{Interval: 30 * time.Minute, Peers: []netip.AddrPort{netip.MustParseAddrPort("[2001:db8::7]:6881")}}
			if diff := cmp.Diff(want, resp, cmpopts.EquateComparable(netip.AddrPort{})); err != nil || diff != "" {
				t.Fatalf("%v, response (-want +got):\n%s", err, diff)
			}
			time.Sleep(50 * time.Second)
		}
		s := time.Second
		want := []packet{{0, 1, 0, hello}, {0, 1, 1, 1}, {50 * s, 1, 1, 1}, {100 * s, 2, 0, hello}, {100 * s, 2, 1, 2}}
		if diff := cmp.Diff(want, l.seen()); diff != "" {
			t.Errorf("packets (-want +got):\n%s", diff)
		}
	})
}

func TestUDP_RepeatsAndGivesUp(t *testing.T) {
	t.Parallel()
	silence := func(packet, []byte) [][]byte { return nil }
	inUDPLab(t, silence, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
		_, err := announceOnce()
		if err == nil || err.Error() != "no answer" {
			t.Errorf("got %v, want no answer", err)
		}
		s := time.Second
		want := []packet{{0, 1, 0, hello}, {15 * s, 2, 0, hello}, {45 * s, 3, 0, hello}}
		if diff := cmp.Diff(want, l.seen()); diff != "" {
			t.Errorf("packets (-want +got):\n%s", diff)
		}
		if took := time.Since(l.begin); took != 105*s {
			t.Errorf("gave up after %v, want 1m45s", took)
		}
	})
}

func TestUDP_IgnoresStrayPackets(t *testing.T) {
	t.Parallel()
	noisy := func(p packet, request []byte) [][]byte {
		other := append([]byte(nil), request...)
		other[15]++
		right := welcome(p, request)[0]
		return [][]byte{
			{},
			{0, 0},
			reply(other, 3, []byte("forged")...), reply(other, p.Action, right[8:]...),
			reply(request, 2), reply(request, p.Action, 1, 2), right,
		}
	}
	inUDPLab(t, noisy, func(t *testing.T, _ *udpLab, announceOnce func() (announce.Response, error)) {
		resp, err := announceOnce()
		if err != nil || resp.Interval != 30*time.Minute {
			t.Errorf("got %+v, %v, want the one right answer", resp, err)
		}
	})
}

func TestUDP_ForgottenConnectionID(t *testing.T) {
	t.Parallel()
	for name, onOldID := range map[string]func([]byte) [][]byte{
		"SaysSo":   func(request []byte) [][]byte { return [][]byte{reply(request, 3, []byte("unknown id")...)} },
		"IsSilent": func([]byte) [][]byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var restarted atomic.Bool
			answer := func(p packet, request []byte) [][]byte {
				if restarted.Load() && p.Action == 1 && p.ID == 1 {
					return onOldID(request)
				}
				return welcome(p, request)
			}
			inUDPLab(t, answer, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
				if _, err := announceOnce(); err != nil {
					t.Fatal(err)
				}
				restarted.Store(true)
				if _, err := announceOnce(); err != nil {
					t.Errorf("after the tracker's restart: %v", err)
				}
				packets := l.seen()
				if last := packets[len(packets)-1]; last.Socket != 2 || last.ID != 2 {
					t.Errorf("packets %v, want a second socket with an id of its own", packets)
				}
			})
		})
	}
}

// One silence is enough to know that the other sockets' ids are worth nothing either.
func TestUDP_ForgetsAllConnectionIDsOfATracker(t *testing.T) {
	t.Parallel()
	var restarted atomic.Bool
	answer := func(p packet, request []byte) [][]byte {
		time.Sleep(time.Second)
		if restarted.Load() && p.Action == 1 && p.ID <= 2 {
			return nil
		}
		return welcome(p, request)
	}
	inUDPLab(t, answer, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := announceOnce(); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		restarted.Store(true)
		begin := time.Now()
		if _, err := announceOnce(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != 17*time.Second {
			t.Errorf("took %v, want 15s of silence and 2s for a connect and an announce; packets %v", took, l.seen())
		}
	})
}

func TestUDP_Refusal(t *testing.T) {
	t.Parallel()
	refuse := func(p packet, request []byte) [][]byte {
		if p.Action == 0 {
			return welcome(p, request)
		}
		return [][]byte{reply(request, 3, []byte("not\x1b[31m registered")...)}
	}
	inUDPLab(t, refuse, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
		_, err := announceOnce()
		refused, ok := errors.AsType[*announce.RefusalError](err)
		if !ok || refused.Reason != "not?[31m registered" {
			t.Errorf("got %v, want the tracker's words without the escape", err)
		}
		if packets := l.seen(); len(packets) != 2 {
			t.Errorf("packets %v, want one connect and one announce", packets)
		}
	})
}

func TestUDP_SendsPathAndQuery(t *testing.T) {
	t.Parallel()
	inUDPLab(t, welcome, func(t *testing.T, l *udpLab, announceOnce func() (announce.Response, error)) {
		if _, err := announceOnce(); err != nil {
			t.Fatal(err)
		}
		l.seen()
		if got, want := string(l.last[98:]), "\x02\x0d/announce?x=1"; got != want {
			t.Errorf("options %q, want %q (BEP 41)", got, want)
		}
	})
}

func TestUDP_EndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &udpLab{begin: time.Now(), answer: func(packet, []byte) [][]byte { return nil }}
		exchange, closeIdle := announce.NewUDPExchange(l.dial)
		defer closeIdle()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := exchange(ctx, request(t, "udp://[2001:db8::1]:1", family.V6))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(l.begin) != time.Second {
			t.Errorf("got %v after %v, want the context's end after 1s", err, time.Since(l.begin))
		}
	})
}

// The system tells of a closed port at once; there is no need to wait for an answer.
func TestUDP_ClosedPort(t *testing.T) {
	t.Parallel()
	exchange, closeIdle := announce.NewUDPExchange(new(net.Dialer).DialContext)
	defer closeIdle()
	_, err := exchange(t.Context(), request(t, "udp://[::1]:1", family.V6)) // nobody is given this port
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v, want that the connection was refused", err)
	}
}
