package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
	"sixseed/seeder"
)

// aloneSettings are those of a tracker alone that takes everything, at ports that are free.
func aloneSettings(t *testing.T) config.Config {
	t.Helper()
	settings := config.Default()
	settings.StateDir = t.TempDir()
	settings.Tracker.Listen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0"), netip.MustParseAddrPort("[::1]:0")}
	settings.Tracker.PrivateAddresses = true
	settings.Tracker.List = settings.StateDir + "/list"
	settings.Web.Listen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}
	if err := os.WriteFile(settings.Tracker.List, []byte(strings.Repeat("01", 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	return settings
}

// runAlone has a tracker alone run while use is, and holds it to end without an error.
func runAlone(t *testing.T, settings config.Config, use func(*loneTracker)) {
	t.Helper()
	d, err := newLoneTracker(t.Context(), settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx, nil) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
	}()
	use(d)
}

// announceOver announces a client over HTTP over one family, and returns the answer.
func announceOver(t *testing.T, d *loneTracker, f family.Family, query string) string {
	t.Helper()
	for _, addr := range d.tracker.http.Addrs() {
		if family.Of(addr.Addr()) == f {
			const client = "peer_id=-XX0000-123456789012&key=1&port=6881&compact=1"
			infoHash := url.QueryEscape(strings.Repeat("\x01", 20))
			return fetch(t, fmt.Sprintf("http://%s/announce?info_hash=%s&%s&%s", addr, infoHash, client, query))
		}
	}
	t.Fatalf("it does not listen over %s", f)
	return ""
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", address, response.Status, err, body)
	}
	return string(body)
}

func TestLoneTracker_Run(t *testing.T) {
	t.Parallel()
	settings := aloneSettings(t)
	runAlone(t, settings, func(d *loneTracker) {
		announceOver(t, d, family.V6, "left=0&event=completed")
		announceOver(t, d, family.V4, "left=0")
		page := "http://" + d.pages[0].Addr().String()
		var status seeder.Status
		if err := json.Unmarshal([]byte(fetch(t, page+"/api/v1/status")), &status); err != nil {
			t.Fatal(err)
		}
		embedded := status.Embedded
		if !status.TrackerAlone || embedded == nil {
			t.Fatalf("status says %+v", status)
		}
		if embedded.Swarms != 1 || embedded.DualStack != 1 || embedded.Listed != 1 {
			t.Errorf("status says %+v", embedded)
		}
		for _, f := range family.All {
			if side := embedded.Families.Get(f); side.Seeders != 1 || side.HTTP.Announces[seeder.AnnounceOK] != 1 {
				t.Errorf("%s: %+v", f, side)
			}
			metric := fmt.Sprintf(`sixseed_tracker_announces_total{family=%q,result="ok",transport="http"} 1`, f.String())
			if !strings.Contains(fetch(t, page+"/metrics"), metric) {
				t.Errorf("there is no %s", metric)
			}
		}
		fetch(t, page+"/readyz")
	})
	if err := os.Remove(settings.StateDir + "/swarms.snapshot"); err != nil {
		t.Fatal(err)
	}
	runAlone(t, settings, func(d *loneTracker) {
		answer := announceOver(t, d, family.V6, "left=1")
		if !strings.Contains(answer, "8:completei0e10:downloadedi1e") {
			t.Errorf("the ledger's count is lost with the snapshot: %q", answer)
		}
	})
}

func TestLoneTracker_SwarmsSurviveARestart(t *testing.T) {
	t.Parallel()
	settings := aloneSettings(t)
	runAlone(t, settings, func(d *loneTracker) { announceOver(t, d, family.V4, "left=0") })
	runAlone(t, settings, func(d *loneTracker) {
		if counts, ok := d.tracker.tracker.Scrape([20]byte(bytes.Repeat([]byte{1}, 20))); !ok || counts.Seeders != 1 {
			t.Errorf("after the restart: %+v, %v", counts, ok)
		}
	})
}

func TestNewLoneTracker_Refused(t *testing.T) {
	t.Parallel()
	taken, err := newLoneTracker(t.Context(), aloneSettings(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := taken.abandon(); err != nil {
			t.Error(err)
		}
	}()
	tcp, page := taken.tracker.http.Addrs()[0], netip.MustParseAddrPort(taken.pages[0].Addr().String())
	udp := taken.tracker.udp.Addrs()[1]
	for name, test := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"State":   {func(c *config.Config) { c.StateDir = taken.settings.StateDir }, "another sixseed uses the state directory"},
		"TCPPort": {func(c *config.Config) { c.Tracker.Listen = []netip.AddrPort{tcp} }, "address already in use"},
		"UDPPort": {func(c *config.Config) { c.Tracker.Listen = []netip.AddrPort{udp} }, "address already in use"},
		"Page":    {func(c *config.Config) { c.Web.Listen = []netip.AddrPort{page} }, "listen for the page on " + page.String()},
		"List": {func(c *config.Config) {
			c.Tracker.List = c.StateDir + "/list"
			if err := os.WriteFile(c.Tracker.List, []byte("01\n# fine\nxyz\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "line 3: "},
		"Certificate": {func(c *config.Config) {
			c.Tracker.HTTPS.Listen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}
			c.Tracker.HTTPS.Certificate, c.Tracker.HTTPS.Key = c.Tracker.List, c.Tracker.List
		}, "PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := aloneSettings(t)
			test.change(&settings)
			d, err := newLoneTracker(t.Context(), settings, slog.New(slog.DiscardHandler))
			if err == nil {
				t.Errorf("it was taken")
				_ = d.abandon()
			} else if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestLoneTracker_Compare(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	old := config.Default()
	d := &loneTracker{log: slog.New(slog.NewTextHandler(&lines, nil)), settings: old}
	d.compare(old)
	if strings.Contains(lines.String(), "restart") {
		t.Errorf("nothing has changed, and the log says:\n%s", &lines)
	}
	updated := old
	updated.Tracker.Access = config.AccessOpen
	d.compare(updated)
	if !strings.Contains(lines.String(), "keys=[tracker.access]") {
		t.Errorf("the log does not name the key:\n%s", &lines)
	}
}
