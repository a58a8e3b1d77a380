package httptracker_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
)

// read reads a page and checks its status and type.
func read(t *testing.T, answer *httptest.ResponseRecorder, status int, contentType string) string {
	t.Helper()
	header := answer.Header()
	if answer.Code != status || header.Get("Content-Type") != contentType {
		t.Errorf("status %d, type %q, want %d, %q", answer.Code, header.Get("Content-Type"), status, contentType)
	}
	if header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("a browser may guess the type")
	}
	return answer.Body.String()
}

const (
	htmlType = "text/html; charset=utf-8"
	textType = "text/plain; charset=utf-8"
)

// someStats are no two figures alike.
func someStats() tracker.Stats {
	stats := tracker.Stats{
		HTTP: family.Pair[uint64]{V4: 104, V6: 106}, UDP: family.Pair[uint64]{V4: 204, V6: 206}, Scrapes: 300,
		Swarms: swarm.Totals{Swarms: 400, DualStack: 500, Peers: family.Pair[swarm.Roles]{
			V4: swarm.Roles{Seeders: 14, Leechers: 24}, V6: swarm.Roles{Seeders: 16, Leechers: 26},
		}},
	}
	for reason := range stats.Refused.V6 {
		stats.Refused.V4[reason], stats.Refused.V6[reason] = uint64(1004+10*reason), uint64(1006+10*reason)
	}
	return stats
}

func TestServer_Stats(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{}, &trackertest.Tracker{Figures: someStats()})
	for accept, name := range map[string]string{
		"": "stats.json", "*/*": "stats.json", "application/json": "stats.json",
		"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8": "stats.html",
	} {
		contentType := htmlType
		if name == "stats.json" {
			contentType = "application/json"
		}
		golden(t, name, read(t, ask(server, clients.V6, "/stats", "Accept: "+accept), http.StatusOK, contentType))
	}
}

func TestServer_Root(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{Torrents: torrents{}}, new(trackertest.Tracker))
	golden(t, "root.txt", read(t, ask(server, clients.V6, "/"), http.StatusOK, textType))
	server = open(t, httptracker.Config{}, new(trackertest.Tracker))
	without := read(t, ask(server, clients.V6, "/"), http.StatusOK, textType)
	if strings.Contains(without, "torrents/") {
		t.Errorf("it names what is not there: %q", without)
	}
}

// torrents are by their names. A nil content cannot be read.
type torrents map[string][]byte

func (t torrents) List() []httptracker.Torrent {
	return []httptracker.Torrent{
		{Name: "debian-13.1.0-amd64-netinst.iso.torrent", InfoHash: strings.Repeat("ab", 20), Size: 783_286_272},
		{Name: `<script>"'&.torrent`, InfoHash: strings.Repeat("cd", 20), Size: 999},
		{Name: "a b?c#d%2f:é.torrent", InfoHash: strings.Repeat("ef", 20), Size: 999_950},
		{Name: "javascript:alert(1).torrent", InfoHash: strings.Repeat("01", 20), Size: 1 << 62},
	}
}

func (t torrents) Open(name string) ([]byte, error) {
	switch content, ok := t[name]; {
	case !ok:
		return nil, fs.ErrNotExist
	case content == nil:
		return nil, errors.New("open /srv/secret: input/output error")
	default:
		return content, nil
	}
}

func TestServer_Torrents(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{Torrents: torrents{}}, new(trackertest.Tracker))
	golden(t, "torrents.html", read(t, ask(server, clients.V6, "/torrents/"), http.StatusOK, htmlType))
}

func TestServer_TorrentsOfNobody(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{Torrents: nothing{}}, new(trackertest.Tracker))
	page := read(t, ask(server, clients.V6, "/torrents/"), http.StatusOK, htmlType)
	if !strings.Contains(page, "There are none now.") || strings.Contains(page, "<table>") {
		t.Errorf("the page is\n%s", page)
	}
}

type nothing struct{ torrents }

func (nothing) List() []httptracker.Torrent { return nil }

// The links of the page lead to the files.
func TestServer_Torrent(t *testing.T) {
	t.Parallel()
	offered := make(torrents)
	for _, torrent := range offered.List() {
		offered[torrent.Name] = []byte("d4:infod4:name" + torrent.Name + "ee")
	}
	server := open(t, httptracker.Config{Torrents: offered}, new(trackertest.Tracker))
	for _, torrent := range offered.List() {
		link := strings.TrimPrefix(torrent.Link(), "./") // which keeps what is before a colon from being a scheme
		got := read(t, ask(server, clients.V6, "/torrents/"+link), http.StatusOK, "application/x-bittorrent")
		if got != string(offered[torrent.Name]) {
			t.Errorf("%s is %q", torrent.Name, got)
		}
	}
}

func TestServer_TorrentNotThere(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	offered := torrents{"broken": nil, "../secret": []byte("s"), `..\secret`: []byte("s"), "..": []byte("s")}
	config := httptracker.Config{Torrents: offered, Log: slog.New(slog.NewTextHandler(&log, nil))}
	server := open(t, config, new(trackertest.Tracker))
	for _, path := range []string{"x.torrent", "..%2fsecret", "..%5csecret", "%2e%2e", "%2e%2e%2fsecret"} {
		if text := read(t, ask(server, clients.V6, "/torrents/"+path), http.StatusNotFound, textType); strings.Contains(text, "secret") {
			t.Errorf("%s is answered with %q", path, text)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged %q", log.String())
	}
	text := read(t, ask(server, clients.V6, "/torrents/broken"), http.StatusInternalServerError, textType)
	if strings.Contains(text, "/srv") || !strings.Contains(log.String(), "open /srv/secret") {
		t.Errorf("answered with %q, logged %q", text, log.String())
	}
}

func TestTorrent_SizeText(t *testing.T) {
	t.Parallel()
	for size, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 4_700_000_000: "4.7 GB",
		1<<63 - 1: "9.2 EB",
	} {
		if got := (httptracker.Torrent{Size: size}).SizeText(); got != want {
			t.Errorf("%d bytes are %q, want %q", size, got, want)
		}
	}
}
