package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// peersFixture has peers of both families, in the daemon's order, with the longest of everything and a client that tries
// the terminal.
func peersFixture() []seeder.PeerStatus {
	peer := func(address, client, name string) seeder.PeerStatus {
		at := netip.MustParseAddrPort(address)
		return seeder.PeerStatus{Address: at, Family: family.Of(at.Addr()), Client: client, Encryption: "plain", Name: name}
	}
	fast := peer("[2001:db8:85a3:8d3:1319:8a2e:370:7348]:51413", "qBittorrent/5.0.2", "debian-13.2.0-amd64-netinst.iso")
	fast.Interested, fast.Unchoked, fast.Last, fast.Queue, fast.Progress = true, true, true, 1250, 0.9993
	fast.Rate, fast.Traffic = 38_400_000, wire.Traffic{Payload: 795_000_000}
	waiting := peer("[2001:db8::9]:6881", "\x1b]0;owned\x07\u202eX", "ubuntu-24.04.3-desktop-amd64.iso")
	waiting.Interested = true
	idle := peer("192.0.2.123:6881", "", "red\x1b[31m.iso")
	idle.Progress = 1
	return []seeder.PeerStatus{fast, waiting, idle}
}

func TestPrintPeers(t *testing.T) {
	t.Parallel()
	status := statusFixture()
	for name, peers := range map[string][]seeder.PeerStatus{
		"status-peers.golden":    peersFixture(),
		"status-no-peers.golden": {},
	} {
		status.Peers = peers
		var out bytes.Buffer
		if err := printPeers(&out, status); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		for line := range strings.Lines(peerTable(peers)) {
			if width := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width > 120 {
				t.Errorf("%s: %d characters wide: %s", name, width, line)
			}
		}
	}
}

func TestStatusCommand_RunWithPeers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := statusFixture()
		if r.URL.RequestURI() == "/api/v1/status?peers=true" {
			status.Peers = peersFixture()
		}
		_ = json.NewEncoder(w).Encode(status)
	}))
	t.Cleanup(server.Close)
	for name, command := range map[string]statusCommand{
		"Table":   {URL: server.URL, Peers: true},
		"JSON":    {URL: server.URL, Peers: true, JSON: true},
		"Without": {URL: server.URL, JSON: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := command.Run(t.Context(), &streams{Out: &out}); err != nil {
				t.Fatal(err)
			}
			if listed := strings.Contains(out.String(), "2001:db8:85a3:8d3:1319:8a2e:370:7348"); listed != command.Peers {
				t.Errorf("peers listed: %v, want %v\n%s", listed, command.Peers, &out)
			}
			if strings.ContainsAny(out.String(), "\x1b\x07\u202e") {
				t.Errorf("a peer's name reaches the terminal as it is: %q", out.String())
			}
		})
	}
}

func TestShortened(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "debian": "debian", "debian1": "debia…", "дебиан": "дебиан", "дебиан13": "дебиа…"} {
		if got := shortened(text, 6); got != want {
			t.Errorf("%q is shortened to %q, want %q", text, got, want)
		}
	}
}
