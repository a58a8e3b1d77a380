package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/seeder"
	"sixseed/storage/ledger"
)

// decode reads the JSON of got.
func decode[T any](t *testing.T, got answer) T {
	t.Helper()
	if kind := got.header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("content type is %q", kind)
	}
	var value T
	if err := json.Unmarshal([]byte(got.body), &value); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	return value
}

func TestServer_Status(t *testing.T) {
	t.Parallel()
	shown := busy()
	got := get(t, newServer(t, shown), "/api/v1/status")
	if diff := cmp.Diff(shown.status, decode[seeder.Status](t, got)); diff != "" {
		t.Errorf("the status differs from the source's (-want +got)\n%s", diff)
	}
	var indented strings.Builder
	encoder := json.NewEncoder(&indented)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(json.RawMessage(got.body)); err != nil {
		t.Fatal(err)
	}
	golden(t, "status.json", indented.String())
}

func TestServer_StatusWithPeers(t *testing.T) {
	t.Parallel()
	server := newServer(t, busy())
	got := get(t, server, "/api/v1/status?peers=1")
	if diff := cmp.Diff(peers(), decode[seeder.Status](t, got).Peers, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("the peers differ from the source's (-want +got)\n%s", diff)
	}
	if strings.Contains(got.body, "<b>") {
		t.Error("a peer's name is not escaped")
	}
	without := decode[map[string]json.RawMessage](t, get(t, server, "/api/v1/status?peers=false"))
	if peers, ok := without["peers"]; ok {
		t.Errorf("nobody asked for the peers, and they are %s", peers)
	}
}

func TestServer_StatusRefuses(t *testing.T) {
	t.Parallel()
	for query, named := range map[string]string{
		"peers=some":      "peers: ",
		"peers=1&peers=1": "peers: ",
		"peer=1":          `"peer"`,
	} {
		got := get(t, newServer(t, busy()), "/api/v1/status?"+query)
		if problem := decode[struct{ Error string }](t, got).Error; got.code != http.StatusBadRequest || !strings.Contains(problem, named) {
			t.Errorf("%s: %d %q, want 400 and a text that names %s", query, got.code, problem, named)
		}
	}
}

func TestServer_StatusListsAreNeverNull(t *testing.T) {
	t.Parallel()
	server := newServer(t, &source{})
	for path, lists := range map[string][]string{
		"/api/v1/status":         {"torrents", "trackers", "problems"},
		"/api/v1/status?peers=1": {"peers"},
		"/api/v1/torrents":       {"torrents"},
	} {
		fields := decode[map[string]json.RawMessage](t, get(t, server, path))
		for _, list := range lists {
			if got := string(fields[list]); got != "[]" {
				t.Errorf("%s: %s is %s", path, list, got)
			}
		}
	}
}

func TestServer_Torrents(t *testing.T) {
	t.Parallel()
	shown := busy()
	for i := range 600 {
		shown.status.Torrents = append(shown.status.Torrents, torrent(100+i, "release.iso", 1, 0, 0))
	}
	got := decode[struct{ Torrents []seeder.TorrentStatus }](t, get(t, newServer(t, shown), "/api/v1/torrents"))
	if diff := cmp.Diff(shown.status.Torrents, got.Torrents); diff != "" {
		t.Errorf("the torrents are not all there (-want +got)\n%s", diff)
	}
}

func TestServer_Report(t *testing.T) {
	t.Parallel()
	moment := func(text string) ledger.Moment {
		m, err := ledger.ParseMoment(text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for query, want := range map[string]ledger.Query{
		"":             {},
		"period=month": {Period: ledger.Month},
		"period=day&from=2026-01&to=2026-11-22&limit=40&torrents=true": {
			Period: ledger.Day, From: moment("2026-01"), To: moment("2026-11-22"), Limit: 40, Torrents: true,
		},
		"torrents=0&from=" + url.QueryEscape("2026-01-31T12:00:00+05:30"): {From: moment("2026-01-31T12:00:00+05:30")},
	} {
		shown := busy()
		got := get(t, newServer(t, shown), "/api/v1/report?"+query)
		if got.code != http.StatusOK {
			t.Errorf("%s: %d %s", query, got.code, got.body)
		}
		if diff := cmp.Diff(want, shown.query, cmp.AllowUnexported(ledger.Moment{})); diff != "" {
			t.Errorf("%s asks the ledger another question (-want +got)\n%s", query, diff)
		}
		report := decode[ledger.Report](t, got)
		if diff := cmp.Diff(shown.report, report, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: the report differs from the ledger's (-want +got)\n%s", query, diff)
		}
	}
}

func TestServer_ReportRefuses(t *testing.T) {
	t.Parallel()
	for query, named := range map[string]string{
		"from=yesterday":          "from: ",
		"to=2026-13":              "to: ",
		"limit=0":                 "limit: ",
		"limit=many":              "limit: ",
		"torrents=perhaps":        "torrents: ",
		"limit=1&limit=2":         "limit: ",
		"periods=day":             `"periods"`,
		"limit=1;torrents=1":      "limit=1;torrents=1",
		"from=2026-01-31T12:00:1": "from: ",
	} {
		shown := busy()
		got := get(t, newServer(t, shown), "/api/v1/report?"+query)
		if problem := decode[struct{ Error string }](t, got).Error; got.code != http.StatusBadRequest || !strings.Contains(problem, named) {
			t.Errorf("%s: %d %q, want 400 and a text that names %s", query, got.code, problem, named)
		}
	}
}

func TestServer_ReportOfTheLedgersErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failure error
		want    int
	}{
		{fmt.Errorf(`%w: period "year": use month, day, hour or 5min`, ledger.ErrQuery), http.StatusBadRequest},
		{errors.New("disk I/O error"), http.StatusInternalServerError},
	} {
		shown := busy()
		shown.failure = c.failure
		got := get(t, newServer(t, shown), "/api/v1/report?period=year")
		if problem := decode[struct{ Error string }](t, got).Error; got.code != c.want || problem != c.failure.Error() {
			t.Errorf("%d %q, want %d %q", got.code, problem, c.want, c.failure)
		}
	}
}
