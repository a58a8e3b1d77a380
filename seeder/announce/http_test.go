package announce_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

const accepted = "d8:intervali1800e5:peers0:e"

// webTracker serves announces over IPv4 with handler and returns its URL.
func webTracker(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// announceTo announces once over IPv4, by HTTP.
func announceTo(t *testing.T, url string) error {
	t.Helper()
	exchange, closeIdle := announce.NewHTTPExchange(nil, new(net.Dialer).DialContext)
	defer closeIdle()
	_, err := exchange(t.Context(), request(t, url, family.V4))
	return err
}

func request(t *testing.T, url string, f family.Family) announce.Request {
	t.Helper()
	req, err := announce.NewRequest(url, f)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return req
}

func TestAnnounceURL(t *testing.T) {
	t.Parallel()
	const rest = "&peer_id=p" + "%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00" +
		"&port=6881&uploaded=0&downloaded=0&left=0&compact=1&numwant=0&key=0000BEEF"
	const hash = "info_hash=%20%2B%26%25%00%FFaZ09-._~%2F%3D%3F%23%5B%3B"
	for name, c := range map[string]struct {
		url, event, id, want string
	}{
		"Plain":    {"http://t.example/announce", "", "", "http://t.example/announce?" + hash + rest},
		"Query":    {"http://t.example/a?key=1&x=a b", "started", "", "http://t.example/a?key=1&x=a%20b&" + hash + rest + "&event=started"},
		"Fragment": {"http://t.example/announce#", "stopped", "", "http://t.example/announce?" + hash + rest + "&event=stopped"},
		"NoPath":   {"https://[2001:db8::1]:8443", "", "i d", "https://[2001:db8::1]:8443?" + hash + rest + "&trackerid=i%20d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := request(t, c.url, family.V6)
			req.InfoHash = [20]byte([]byte(" +&%\x00\xffaZ09-._~/=?#[;"))
			req.Key, req.TrackerID = 0xbeef, c.id
			switch c.event {
			case "started":
				req.Event = announce.Started
			case "stopped":
				req.Event = announce.Stopped
			}
			if got := announce.AnnounceURL(req); got != c.want {
				t.Errorf("got\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestHTTP_Answers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   string // of the error; "": none
	}{
		"OK":             {200, accepted, ""},
		"Refused":        {200, "d14:failure reason4:full8:retry in5:nevere", "refused: full"},
		"RefusedWith4xx": {400, "d14:failure reason4:fulle", "refused: full"},
		"NotFound":       {404, "<html>", "HTTP status 404 Not Found"},
		"ErrorButBody":   {503, accepted, "HTTP status 503 Service Unavailable"},
		"NotBencoded":    {200, "<html>", "not a bencoded dictionary"},
		"Empty":          {200, "", "not a bencoded dictionary"},
		"TooLong":        {200, "d8:intervali1800e1:x" + fmt.Sprintf("%d:", 2<<20) + strings.Repeat("x", 2<<20) + "e", "longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := webTracker(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})
			err := announceTo(t, url)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}

func TestHTTP_Redirects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hops int
		last string // where the last hop leads; "": to an answer
		want string
	}{
		"Three":       {3, "", ""},
		"Four":        {4, "", "more than 3 redirects"},
		"OtherScheme": {0, "ftp://t.example/announce", `redirect to scheme "ftp"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hops := c.hops
			url := webTracker(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case hops > 0:
					hops--
					http.Redirect(w, r, "/next", http.StatusFound)
				case c.last != "":
					http.Redirect(w, r, c.last, http.StatusFound)
				default:
					_, _ = w.Write([]byte(accepted))
				}
			})
			err := announceTo(t, url)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}

func TestHTTP_RefusesUnknownCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	server.StartTLS()
	defer server.Close()
	err := announceTo(t, server.URL)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want an error about the certificate", err)
	}
}

func TestHTTP_ErrorsDoNotTellPasskeys(t *testing.T) {
	t.Parallel()
	err := announceTo(t, "http://127.0.0.1:1/0123456789abcdef/announce") // nobody is given this port
	if err == nil || strings.Contains(err.Error(), "0123456789abcdef") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v, want that the connection was refused and no more", err)
	}
}

func TestHTTP_DialsInTheFamily(t *testing.T) {
	t.Parallel()
	lookup := func(_ context.Context, network, host string) ([]netip.Addr, error) {
		if host != "t.example" {
			t.Errorf("%s was looked up", host)
		}
		return map[string][]netip.Addr{
			"ip4": {netip.MustParseAddr("192.0.2.1")},
			"ip6": {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")},
		}[network], nil
	}
	var dialled []string
	exchange, closeIdle := announce.NewHTTPExchange(lookup, func(_ context.Context, network, addr string) (net.Conn, error) {
		dialled = append(dialled, network+" "+addr)
		return nil, errDown
	})
	defer closeIdle()
	for _, f := range family.All {
		if _, err := exchange(t.Context(), request(t, "https://t.example/announce", f)); !errors.Is(err, errDown) {
			t.Errorf("%v: got %v, want %v", f, err, errDown)
		}
	}
	want := "tcp6 [2001:db8::1]:443, tcp6 [2001:db8::2]:443, tcp4 192.0.2.1:443"
	if got := strings.Join(dialled, ", "); got != want {
		t.Errorf("dialled %s, want %s", got, want)
	}
}

// Neither the name of a tracker nor a literal address is ever taken for the other family.
func TestHTTP_NoAddress(t *testing.T) {
	t.Parallel()
	exchange, closeIdle := announce.NewHTTPExchange(
		func(context.Context, string, string) ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "t.example", IsNotFound: true}
		},
		func(context.Context, string, string) (net.Conn, error) {
			t.Error("dialled")
			return nil, errDown
		})
	defer closeIdle()
	for _, url := range []string{"http://192.0.2.1/announce", "http://[::ffff:192.0.2.1]/announce", "http://t.example/announce"} {
		_, err := exchange(t.Context(), request(t, url, family.V6))
		if _, ok := errors.AsType[announce.NoAddressError](err); !ok || err.Error() != "no IPv6 address" {
			t.Errorf("%s: got %v, want no IPv6 address", url, err)
		}
	}
}
