package httptracker_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

// newTracker returns the real tracker, which takes clients from this machine.
func newTracker(t testing.TB) *tracker.Tracker {
	t.Helper()
	front, err := tracker.New(tracker.Config{
		Access: tracker.Open, AllowPrivate: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return front
}

// listed are the fields of an answer that tests look at.
type listed struct {
	Complete   int    `bencode:"complete"`
	Incomplete int    `bencode:"incomplete"`
	Peers      string `bencode:"peers"`
	Peers6     string `bencode:"peers6"`
	Failure    string `bencode:"failure reason,omitempty"`
}

// announce has a client announce over a family, and returns what it is told.
func announce(t *testing.T, server *httptracker.Server, f family.Family, peerID string, port int, more string) listed {
	t.Helper()
	answer := exchange(t, addrs(server).Get(f), fmt.Sprintf(
		"GET /announce?info_hash=%s&peer_id=%s&port=%d&left=1%s HTTP/1.1\r\nHost: x\r\n\r\n",
		strings.Repeat("%aa", 20), peerID, port, more))
	_, text, _ := strings.Cut(answer, "\r\n\r\n")
	var told listed
	if err := bencode.Unmarshal([]byte(text), &told); err != nil {
		t.Fatalf("answered with %q: %v", answer, err)
	}
	return told
}

// endpoint is a peer on this machine as answers have it.
func endpoint(f family.Family, port uint16) string {
	return string(binary.BigEndian.AppendUint16(anyPort.Get(f).Addr().AsSlice(), port))
}

// Clients of both families are told of each other.
func TestServer_WithTracker(t *testing.T) {
	t.Parallel()
	server := listen(t, newTracker(t))
	announce(t, server, family.V6, "-XX0001-aaaaaaaaaaaa", 1000, "&key=00000001")
	announce(t, server, family.V4, "-XX0001-bbbbbbbbbbbb", 2000, "&key=00000002")
	for _, f := range family.All {
		got := announce(t, server, f, "-XX0001-cccccccccccc", 3000+int(f), "&left=0&key=00000003")
		want := listed{Complete: 1, Incomplete: 2, Peers: endpoint(family.V4, 2000), Peers6: endpoint(family.V6, 1000)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v is told (-want +got)\n%s", f, diff)
		}
	}
}

// A client that announces over UDP and IPv6, and over HTTP and IPv4, is one.
func TestServer_ClientIsOneOverUDP(t *testing.T) {
	t.Parallel()
	front := newTracker(t)
	server := listen(t, front)
	announceOverUDP(t, front, "-XX0001-aaaaaaaaaaaa", 0x89abcdef)
	got := announce(t, server, family.V4, "-XX0001-aaaaaaaaaaaa", 6881, "&key=89ABCDEF")
	if got.Incomplete != 1 {
		t.Errorf("there are %d leechers, want 1", got.Incomplete)
	}
	if other := announce(t, server, family.V4, "-XX0001-aaaaaaaaaaaa", 6882, "&key=89ABCDEE"); other.Incomplete != 2 {
		t.Errorf("with another there are %d leechers, want 2", other.Incomplete)
	}
}

// announceOverUDP announces a leecher at port 6881 over IPv6 (BEP 15).
func announceOverUDP(t *testing.T, front *tracker.Tracker, peerID string, key uint32) {
	t.Helper()
	server, err := udptracker.Open(t.Context(), udptracker.Config{Listen: []netip.AddrPort{anyPort.V6}, Sockets: 1}, front)
	if err != nil {
		t.Fatal(err)
	}
	trackertest.Run(t, server)
	conn, err := new(net.Dialer).DialContext(t.Context(), "udp", server.Addrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(trackertest.Patience)); err != nil {
		t.Fatal(err)
	}
	connection := askOverUDP(t, conn, append(binary.BigEndian.AppendUint64(nil, 0x41727101980), make([]byte, 8)...))[8:]
	question := append(connection, 0, 0, 0, 1, 0, 0, 0, 9)
	question = append(question, strings.Repeat("\xaa", 20)+peerID...)
	question = append(question, make([]byte, 87-56)...) // downloaded, left, uploaded, event, address
	question[71] = 1                                    // left
	question = binary.BigEndian.AppendUint32(append(question, 0), key)
	question = binary.BigEndian.AppendUint16(append(question, 255, 255, 255, 255), 6881)
	if answer := askOverUDP(t, conn, question); binary.BigEndian.Uint32(answer) != 1 {
		t.Fatalf("answered with %q", answer)
	}
}

func askOverUDP(t *testing.T, conn net.Conn, question []byte) []byte {
	t.Helper()
	if _, err := conn.Write(question); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 1500)
	n, err := io.ReadAtLeast(conn, answer, 8)
	if err != nil {
		t.Fatal(err)
	}
	return answer[:n]
}

// A server that fails, or that is told to end, ends within the tracker's Run.
func TestServer_RunsUnderTracker(t *testing.T) {
	t.Parallel()
	front := newTracker(t)
	server := open(t, httptracker.Config{Listen: []netip.AddrPort{anyPort.V6, anyPort.V4}}, front)
	server.Patient()
	done := make(chan error)
	go func() { done <- front.Run(t.Context(), server) }()
	announce(t, server, family.V6, "-XX0001-aaaaaaaaaaaa", 1000, "")
	_ = server.Close() // as if the sockets had broken
	if err := <-done; err == nil || !strings.Contains(err.Error(), "serve the tracker at ") {
		t.Errorf("it ended with %v", err)
	}
}
