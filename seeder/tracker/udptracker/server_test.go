package udptracker_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

// open opens a server.
func open(t *testing.T, sockets int, listen ...netip.AddrPort) (*udptracker.Server, *trackertest.Tracker, error) {
	t.Helper()
	tracker := &trackertest.Tracker{Peers: 1}
	config := udptracker.Config{Listen: listen, Sockets: sockets, Key: testKey}
	server, err := udptracker.Open(t.Context(), config, tracker)
	return server, tracker, err
}

// listen runs a server at a free port.
func listen(t *testing.T, f family.Family, sockets int) (*udptracker.Server, *trackertest.Tracker) {
	t.Helper()
	server, tracker, err := open(t, sockets, anyPort.Get(f))
	if err != nil {
		t.Fatal(err)
	}
	trackertest.Run(t, server)
	return server, tracker
}

// dial returns a socket of a client.
func dial(t *testing.T, server netip.AddrPort) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "udp", server.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// exchange returns the answer to a question.
func exchange(t *testing.T, conn net.Conn, question []byte) []byte {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(trackertest.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(question); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 2000)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	return answer[:n]
}

func TestServer_Answers(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			server, tracker := listen(t, f, 0)
			conn := dial(t, server.Addrs()[0])
			connection := binary.BigEndian.Uint64(exchange(t, conn, unhex(connectHex))[8:])
			answer := exchange(t, conn, announceWith{connection: connection, numWant: -1, port: 6881}.packet())
			want := unhex(family.Pair[string]{
				V4: "00000001 cafef00d 00000708 00000000 00000000 c6336400 1ae1",
				V6: "00000001 cafef00d 00000708 00000000 00000000 20010db8000000000000000000000000 1ae1",
			}.Get(f))
			if !bytes.Equal(answer, want) {
				t.Errorf("answered with %x, want %x", answer, want)
			}
			if peer := tracker.Last(t).Peer; peer != netip.AddrPortFrom(anyPort.Get(f).Addr(), 6881) {
				t.Errorf("the announce is of %v", peer)
			}
			var counted family.Pair[udptracker.Counts]
			counted.At(f)[udptracker.Connected], counted.At(f)[udptracker.Announced] = 1, 1
			if counts := server.Counts(); counts != counted {
				t.Errorf("counts are %v, want %v", counts, counted)
			}
		})
	}
}

// Both families have the same port, and what comes over one does not reach the sockets of the other.
func TestServer_FamiliesApart(t *testing.T) {
	t.Parallel()
	server := listenAnywhere(t)
	for i, f := range family.All {
		exchange(t, dial(t, netip.AddrPortFrom(anyPort.Get(f).Addr(), server.Addrs()[0].Port())), unhex(connectHex))
		connected := family.Both(func(f family.Family) uint64 { return server.Counts().Get(f)[udptracker.Connected] })
		if want := []family.Pair[uint64]{{V6: 1}, {V6: 1, V4: 1}}[i]; connected != want {
			t.Errorf("after a question over %v, %v were answered", f, connected)
		}
	}
}

// listenAnywhere runs a server at all addresses of both families, with a port that is free in both.
func listenAnywhere(t *testing.T) *udptracker.Server {
	t.Helper()
	for {
		probe, _, err := open(t, 1, netip.MustParseAddrPort("[::]:0"))
		if err != nil {
			t.Fatal(err)
		}
		port := probe.Addrs()[0].Port()
		_ = probe.Close()
		everywhere := family.Pair[netip.Addr]{V4: netip.IPv4Unspecified(), V6: netip.IPv6Unspecified()}
		server, _, err := open(t, 1, netip.AddrPortFrom(everywhere.V6, port), netip.AddrPortFrom(everywhere.V4, port))
		if err == nil {
			trackertest.Run(t, server)
			return server
		} else if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
}

// The kernel spreads clients over the sockets. That one of three gets none of 200 has a chance of 10 to the power of
// -35.
func TestServer_SocketsShareTheWork(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			server, _ := listen(t, f, 3)
			if len(server.Addrs()) != 1 {
				t.Fatalf("it listens at %v", server.Addrs())
			}
			var connection uint64
			for range 200 {
				connection = binary.BigEndian.Uint64(exchange(t, dial(t, server.Addrs()[0]), unhex(connectHex))[8:])
			}
			for i, counts := range server.CountsPerSocket() {
				if counts[udptracker.Connected] == 0 {
					t.Errorf("socket %d was asked nothing", i)
				}
			}
			// An id from one socket is good at every other: with any socket that takes none, no answer comes.
			for range 50 {
				exchange(t, dial(t, server.Addrs()[0]), scrapePacket(connection, 0xaa))
			}
		})
	}
}

func TestOpen_AddressInUse(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		server, _ := listen(t, f, 2)
		taken := server.Addrs()[0]
		_, _, err := open(t, 2, anyPort.Get(f), taken)
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "listen for UDP at "+taken.String()) {
			t.Errorf("opening %v twice: %v", taken, err)
		}
	}
}

func TestServer_CloseWithoutRun(t *testing.T) {
	t.Parallel()
	server, _, err := open(t, 2, anyPort.V6, anyPort.V4)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closing it again: %v", err)
	}
}

func TestOutcome_String(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	var counts udptracker.Counts
	for o := range counts {
		seen[udptracker.Outcome(o).String()] = true
	}
	if len(seen) != len(counts) || seen[""] {
		t.Errorf("the outcomes are called %v", seen)
	}
}

// Without a key, two servers do not take each other's ids.
func TestOpen_KeyIsRandomByDefault(t *testing.T) {
	t.Parallel()
	var ids [2]uint64
	for i := range ids {
		config := udptracker.Config{Listen: []netip.AddrPort{anyPort.V6}}
		server, err := udptracker.Open(t.Context(), config, new(trackertest.Tracker))
		if err != nil {
			t.Fatal(err)
		}
		trackertest.Run(t, server)
		ids[i] = binary.BigEndian.Uint64(exchange(t, dial(t, server.Addrs()[0]), unhex(connectHex))[8:])
	}
	if ids[0] == ids[1] {
		t.Errorf("both gave out %x", ids[0])
	}
}
