package httptracker_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

// listen runs a server at a free port of each family, IPv6 first.
func listen(t testing.TB, tracker httptracker.Tracker) *httptracker.Server {
	t.Helper()
	server := open(t, httptracker.Config{Listen: []netip.AddrPort{anyPort.V6, anyPort.V4}}, tracker)
	server.Patient()
	trackertest.Run(t, server)
	return server
}

// addrs are the addresses of a server that listens.
func addrs(server *httptracker.Server) family.Pair[netip.AddrPort] {
	return family.Pair[netip.AddrPort]{V6: server.Addrs()[0], V4: server.Addrs()[1]}
}

func dial(t testing.TB, addr netip.AddrPort) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(trackertest.Patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// exchange writes a request and reads until the server closes the connection.
func exchange(t testing.TB, addr netip.AddrPort, request string) string {
	t.Helper()
	conn := dial(t, addr)
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) { // what was not read of a bad request resets the connection
		t.Fatal(err)
	}
	return string(answer)
}

// Every byte of an answer but the date. The connection is closed with it, or exchange would wait.
func TestServer_Answers(t *testing.T) {
	t.Parallel()
	own := family.Pair[string]{V4: "4:\x7f\x00\x00\x01", V6: "16:" + strings.Repeat("\x00", 15) + "\x01"}
	for _, f := range family.All {
		for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
			t.Run(f.String()+"/"+version, func(t *testing.T) {
				t.Parallel()
				server := listen(t, &trackertest.Tracker{Peers: 1})
				request := fmt.Sprintf("GET /announce?%s %s\r\nHost: tracker.example.org\r\n\r\n", announceQuery, version)
				got := exchange(t, addrs(server).Get(f), request)
				body := noCounts("d8:completei7e10:downloadedi9e11:external ip" + own.Get(f) +
					"10:incompletei8e8:intervali1800e12:min intervali900e5:peers6:" + peer4 + "6:peers618:" + peer6 + "e")
				want := fmt.Sprintf("%s 200 OK\r\nConnection: close\r\nContent-Length: %d\r\nContent-Type: text/plain\r\nDate: ",
					version, len(body))
				head, rest, _ := strings.Cut(got, "\r\n\r\n")
				if !strings.HasPrefix(head, want) && version == "HTTP/1.1" || !strings.Contains(head, "200 OK") || rest != body {
					t.Errorf("answered with\n%q, want\n%q and\n%q", got, want, body)
				}
			})
		}
	}
}

// What is no question of a tracker's is refused, and the server works on.
func TestServer_Garbage(t *testing.T) {
	t.Parallel()
	server := listen(t, new(trackertest.Tracker))
	const end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for request, status := range map[string]string{
		"POST /announce?" + announceQuery + end:                                      "405",
		"DELETE /" + end:                                                             "405",
		"CONNECT x:80" + end:                                                         "40",
		"GET /" + strings.Repeat("a", 20_000) + end:                                  "431",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 20_000) + end:                  "431",
		"GET /" + strings.Repeat("\r\nX: a", 5_000) + end:                            "40",
		"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: a\r\n", 5_000) + "\r\n": "431",
		"GET /nowhere" + end:                                                         "404",
		"GET /announce/" + end:                                                       "404",
		"GET /announce/x" + end:                                                      "404",
		"GET /announce%" + end:                                                       "400",
		"GET /announce?\x01" + end:                                                   "400",
		"GET /torrents/" + end:                                                       "404",
		"GET /stats/../x" + end:                                                      "307",
		"GET / HTTP/9.9\r\n\r\n":                                                     "505",
		"GET / HTTP/2.0\r\nHost: x\r\n\r\n":                                          "505",
		"\x13BitTorrent protocol" + strings.Repeat("\x00", 48) + "\r\n\r\n":          "400",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n":                       "400",
		"\r\n\r\n":     "400",
		"\x00\r\n\r\n": "400",
	} {
		for _, f := range family.All {
			got := exchange(t, addrs(server).Get(f), request)
			if !strings.HasPrefix(got, "HTTP/1.1 "+status) && !strings.HasPrefix(got, "HTTP/1.0 "+status) {
				t.Errorf("%.40q is answered with %.60q, want %s", request, got, status)
			}
		}
	}
	if counts := server.Counts(); counts != (family.Pair[httptracker.Counts]{}) {
		t.Errorf("counted %v", counts)
	}
	body(t, ask(server, clients.V6, "/announce?"+announceQuery))
}

func TestServer_Head(t *testing.T) {
	t.Parallel()
	server := listen(t, new(trackertest.Tracker))
	got := exchange(t, addrs(server).V6, "HEAD /announce?"+announceQuery+" HTTP/1.1\r\nHost: x\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 200 ") || !strings.HasSuffix(got, "\r\n\r\n") {
		t.Errorf("answered with %q", got)
	}
}

// A connection stays open for pages.
func TestServer_PagesKeepTheConnection(t *testing.T) {
	t.Parallel()
	server := listen(t, new(trackertest.Tracker))
	conn := dial(t, addrs(server).V6)
	reader := bufio.NewReader(conn)
	for range 2 {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("status %s, %v", answer.Status, err)
		}
		answer.Body.Close()
	}
}

// An IPv6 listener takes nothing over IPv4, and both can have one port.
func TestServer_FamiliesApart(t *testing.T) {
	t.Parallel()
	fake := new(trackertest.Tracker)
	server := listenAnywhere(t, fake)
	for _, f := range family.All {
		addr := netip.AddrPortFrom(anyPort.Get(f).Addr(), server.Addrs()[0].Port())
		exchange(t, addr, "GET /announce?"+announceQuery+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if got := fake.Last(t).Peer; got != netip.AddrPortFrom(addr.Addr(), 6881) {
			t.Errorf("an announce over %v is of %v", f, got)
		}
	}
	if got := server.Counts(); got.V4[httptracker.Announced] != 1 || got.V6[httptracker.Announced] != 1 {
		t.Errorf("counted %v", got)
	}
}

// listenAnywhere runs a server at all addresses of both families, with a port that is free in both.
func listenAnywhere(t *testing.T, fake *trackertest.Tracker) *httptracker.Server {
	t.Helper()
	for {
		everywhere := []netip.AddrPort{netip.MustParseAddrPort("[::]:0")}
		probe := open(t, httptracker.Config{Listen: everywhere}, fake)
		port := probe.Addrs()[0].Port()
		_ = probe.Close()
		everywhere = []netip.AddrPort{
			netip.AddrPortFrom(netip.IPv6Unspecified(), port), netip.AddrPortFrom(netip.IPv4Unspecified(), port),
		}
		server, err := httptracker.Open(t.Context(), httptracker.Config{Listen: everywhere}, fake)
		if err == nil {
			server.Patient()
			trackertest.Run(t, server)
			return server
		} else if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
}

func TestOpen_AddressInUse(t *testing.T) {
	t.Parallel()
	server := listen(t, new(trackertest.Tracker))
	for _, f := range family.All {
		taken := addrs(server).Get(f)
		config := httptracker.Config{Listen: []netip.AddrPort{anyPort.Get(f), taken}}
		_, err := httptracker.Open(t.Context(), config, new(trackertest.Tracker))
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "listen for HTTP at "+taken.String()) {
			t.Errorf("opening %v twice: %v", taken, err)
		}
	}
}

func TestServer_CloseWithoutRun(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{Listen: []netip.AddrPort{anyPort.V6, anyPort.V4}}, new(trackertest.Tracker))
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	for _, addr := range server.Addrs() {
		if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr.String()); err == nil {
			conn.Close()
			t.Errorf("%v is still open", addr)
		}
	}
}

func TestOutcome_String(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	var counts httptracker.Counts
	for o := range counts {
		seen[httptracker.Outcome(o).String()] = true
	}
	if len(seen) != len(counts) || seen[""] {
		t.Errorf("the outcomes are called %v", seen)
	}
}

// The tracker itself is what the server was made for.
var _ httptracker.Tracker = (*tracker.Tracker)(nil)
