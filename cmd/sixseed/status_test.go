package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// statusFixture is a mirror with something of everything, and with texts from outside that try the terminal.
func statusFixture() seeder.Status {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return seeder.Status{
		Version: "0.1.0",
		Started: at.Add(-76 * time.Hour),
		At:      at,
		Families: family.Pair[seeder.FamilyStatus]{
			V6: seeder.FamilyStatus{
				Listening: true, UploadRate: 38_400_000, Connected: 142, Interested: 61, Unchoked: 40,
				UploadSlots: 40, Waiting: 21, LongestWait: 62.4, AtGate: 12, OverDownload: 3,
				Limit: seeder.Unlimited, Available: 41_200_000, Quota: seeder.Unlimited, Forecast: 3_110_000_000_000,
				AnnouncesOK: 2_004, AnnouncesBad: 3, SinceStart: wire.Traffic{Payload: 1_310_000_000_000},
			},
			V4: seeder.FamilyStatus{
				UploadRate: 9_120_000, Connected: 88, Interested: 33, Waiting: 33, LongestWait: 605,
				Limit: 12_500_000, Available: 9_150_000, Quota: 630_000_000_000, Forecast: 1_790_000_000_000,
				Reason:     "IPv4 is slowed to 12.5 MB/s\x1b: 630 GB of its 2 TB are left for 8 days",
				SinceStart: wire.Traffic{Payload: 702_000_000_000},
			},
		},
		Upload: seeder.UploadStatus{
			Mode: "limited", Limit: 50_000_000, Slots: 40,
			Quota: seeder.Unlimited, Period: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		},
		Torrents: []seeder.TorrentStatus{
			{
				Name: "debian-13.2.0-amd64-netinst.iso", Size: 795_869_184, State: "seeding",
				Peers: family.Pair[int]{V6: 44, V4: 30},
				Total: sent(968_000_000_000, 930_000_000_000),
			},
			{Name: "red\x1b[31m.iso", Size: 2_742_190_080, State: "broken", Problem: "piece 117 is damaged"},
			{Name: "ubuntu-24.04.3-desktop-amd64.iso", Size: 6_343_219_200, State: "verifying", Checked: 0.42},
		},
		Trackers: []seeder.TrackerStatus{
			{URL: "http://tracker.example.org:6969/announce", Family: family.V6, Torrents: 3, Working: 2, Error: "tracker says \"\x07no\""},
			{URL: "http://tracker.example.org:6969/announce", Family: family.V4, Torrents: 3, Working: 3},
		},
		Problems: []seeder.Problem{{Subject: "/srv/iso/x.torrent", Text: `tracker "foo://x": unknown scheme`}},
		Month:    sent(2_820_000_000_000, 1_360_000_000_000),
		Embedded: embeddedFixture(),
	}
}

func embeddedFixture() *seeder.EmbeddedTracker {
	return &seeder.EmbeddedTracker{
		Swarms: 3, DualStack: 1,
		Families: family.Pair[seeder.EmbeddedTrackerFamily]{
			V6: seeder.EmbeddedTrackerFamily{
				Seeders: 12, Leechers: 130,
				HTTP: seeder.TransportStatus{
					Announces: map[string]uint64{seeder.AnnounceOK: 20_400, "unlisted": 17, "denied": 0},
					Questions: map[string]uint64{"scraped": 300},
				},
				UDP: seeder.TransportStatus{
					Announces: map[string]uint64{seeder.AnnounceOK: 9_100, "unlisted": 2, "crowded": 1},
					Questions: map[string]uint64{"scraped": 45},
				},
			},
		},
	}
}

func sent(v6, v4 int64) family.Pair[wire.Traffic] {
	return family.Pair[wire.Traffic]{V6: wire.Traffic{Payload: v6}, V4: wire.Traffic{Payload: v4}}
}

func TestPrintStatus(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, status := range map[string]seeder.Status{
		"status.golden":       statusFixture(),
		"status-empty.golden": {Version: "0.1.0", Started: at, At: at},
		"status-tracker.golden": {
			Version: "0.1.0", Started: at, At: at, TrackerAlone: true, Embedded: embeddedFixture(),
		},
	} {
		var out bytes.Buffer
		if err := printStatus(&out, status); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
	}
}

// answering answers /api/v1/status with body, and everything else with 404.
func answering(t *testing.T, code int, body string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/status", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestStatusCommand_Run(t *testing.T) {
	t.Parallel()
	// A later daemon says more than this program knows: --json passes it on.
	body, err := json.Marshal(struct {
		seeder.Status
		Later string `json:"later"`
	}{statusFixture(), "news of \u202egnp.exe"})
	if err != nil {
		t.Fatal(err)
	}
	server := answering(t, http.StatusOK, string(body)+"\n")

	t.Run("Table", func(t *testing.T) {
		var out bytes.Buffer
		command := statusCommand{URL: server.URL + "/"}
		if err := command.Run(t.Context(), &streams{Out: &out}); err != nil {
			t.Fatal(err)
		}
		golden(t, "status.golden", out.String())
	})
	t.Run("JSON", func(t *testing.T) {
		var out bytes.Buffer
		command := statusCommand{URL: server.URL, JSON: true}
		if err := command.Run(t.Context(), &streams{Out: &out}); err != nil {
			t.Fatal(err)
		}
		var got, want map[string]any
		if err := errors.Join(json.Unmarshal(out.Bytes(), &got), json.Unmarshal(body, &want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the answer was changed (-want +got)\n%s", diff)
		}
		if strings.Contains(out.String(), "\u202e") {
			t.Error("what turns the direction of writing reaches the terminal")
		}
	})
}

// nobodyThere is at a port that no system gives to who asks for any.
const nobodyThere = "http://127.0.0.1:1"

func TestStatusCommand_RunWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ url, want string }{
		"NobodyThere": {nobodyThere, "connection refused"},
		"Refused":     {answering(t, http.StatusMisdirectedRequest, "\x1b[2Jnot my name\nmore").URL, "421 Misdirected Request: ?[2Jnot my name"},
		"AnotherKind": {answering(t, http.StatusOK, "<html>").URL, "this is no answer of sixseed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := statusCommand{URL: test.url}
			err := command.Run(t.Context(), &streams{Out: &bytes.Buffer{}})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.url) {
				t.Fatalf("got %v, want a text with %q and %s", err, test.want, test.url)
			}
			if code := exitCode(&streams{Err: &bytes.Buffer{}}, err); code != exitFailed || strings.Contains(err.Error(), "\n") {
				t.Errorf("exit code %d for %q", code, err)
			}
		})
	}
}

func TestStatusCommand_RunRefusesABadURL(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"localhost:8086", "127.0.0.1", "ftp://127.0.0.1", "http://", "://"} {
		command := statusCommand{URL: address}
		err := command.Run(t.Context(), &streams{Out: &bytes.Buffer{}})
		var usage usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAskFirst(t *testing.T) {
	t.Parallel()
	good := answering(t, http.StatusOK, `{"version":"0.1.0"}`)
	_, status, err := askFirst(t.Context(), []string{nobodyThere, good.URL}, "/api/v1/status")
	if err != nil || status.Version != "0.1.0" {
		t.Errorf("got %+v, %v", status, err)
	}
	_, _, err = askFirst(t.Context(), []string{nobodyThere, good.URL + "/elsewhere"}, "/api/v1/status")
	if err == nil || !strings.Contains(err.Error(), nobodyThere) || !strings.Contains(err.Error(), good.URL+"/elsewhere/api/v1/status: 404") {
		t.Errorf("both are not named in %v", err)
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"0.0.0.0:8086":       "127.0.0.1:8086",
		"[::]:8086":          "[::1]:8086",
		"192.0.2.7:80":       "192.0.2.7:80",
		"[2001:db8::1]:8086": "[2001:db8::1]:8086",
	} {
		if got := reachable(netip.MustParseAddrPort(address)).String(); got != want {
			t.Errorf("%s is asked at %s, want %s", address, got, want)
		}
	}
}
