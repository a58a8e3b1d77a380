package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder"
)

func TestServer_Page(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]*source{
		"busy.html":  busy(),
		"empty.html": {status: seeder.Status{Version: "0.1.0", Started: noon, At: noon}},
		"tracker.html": {status: seeder.Status{
			Version: "0.1.0", Started: noon, At: noon, TrackerAlone: true, Embedded: embedded(),
		}},
	} {
		got := get(t, newServer(t, shown), "/")
		if got.code != http.StatusOK || got.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %v", name, got.code, got.header)
		}
		golden(t, name, got.body)
	}
}

func TestServer_PageEscapesNames(t *testing.T) {
	t.Parallel()
	const hostile = `<script>alert(1)</script>"onmouseover="x`
	shown := busy()
	shown.status.Torrents[0].Name = hostile
	shown.status.Torrents[0].Problem = hostile
	shown.status.Torrents[0].State = hostile
	shown.status.Trackers[0].URL = hostile
	shown.status.Trackers[0].Error = hostile
	shown.status.Problems[0] = seeder.Problem{Subject: hostile, Text: hostile}
	shown.status.Upload.State = hostile
	shown.status.Families.V4.Reason = hostile
	page := get(t, newServer(t, shown), "/").body
	if strings.Contains(page, "<script>") || strings.Contains(page, `"onmouseover`) {
		t.Error("a name became part of the page")
	}
}

func TestServer_PageWithoutLedger(t *testing.T) {
	t.Parallel()
	shown := busy()
	shown.failure = errors.New("open ledger: disk I/O error")
	got := get(t, newServer(t, shown), "/")
	if got.code != http.StatusOK {
		t.Errorf("the page answers %d", got.code)
	}
	for _, want := range []string{"open ledger: disk I/O error", "debian-13.2.0-amd64-netinst.iso"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestServer_PageAsksForTwelveMonths(t *testing.T) {
	t.Parallel()
	shown := busy()
	get(t, newServer(t, shown), "/")
	if shown.query.Period != "month" || shown.query.Limit != 12 {
		t.Errorf("asked %+v", shown.query)
	}
}

func TestServer_PageOfThousandsOfTorrents(t *testing.T) {
	t.Parallel()
	shown := busy()
	shown.status.Torrents = nil
	for i := range 3000 {
		shown.status.Torrents = append(shown.status.Torrents, torrent(i, fmt.Sprintf("release-%04d.iso", i), 1, 0, 0))
	}
	for i := range 60 {
		shown.status.Problems = append(shown.status.Problems, seeder.Problem{Subject: fmt.Sprintf("subject-%02d", i)})
	}
	page := get(t, newServer(t, shown), "/").body
	if rows := strings.Count(page, "release-"); rows != 500 {
		t.Errorf("%d torrents are listed, want 500", rows)
	}
	for _, want := range []string{"release-0499.iso", "and 2 500 more", "and 12 more"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestServer_PageOfADeafFamily(t *testing.T) {
	t.Parallel()
	shown := busy()
	shown.status.Families.V6 = seeder.FamilyStatus{}
	page := get(t, newServer(t, shown), "/").body
	if !strings.Contains(page, "not listening, 0 peers") || !strings.Contains(page, "0 % over IPv6") {
		t.Error("the page does not say that nobody listens on IPv6")
	}
}

// A reason for which nobody was refused before is a row more: the page has to be loaded anew for that.
func TestServer_PageRevisionKnowsRefusals(t *testing.T) {
	t.Parallel()
	revision := func(change func(announces map[string]uint64)) string {
		shown := busy()
		change(shown.status.Embedded.Families.V6.HTTP.Announces)
		page := get(t, newServer(t, shown), "/").body
		return regexp.MustCompile(`data-revision="[^"]*"`).FindString(page)
	}
	before := revision(func(map[string]uint64) {})
	if more := revision(func(announces map[string]uint64) { announces["ok"]++ }); more != before {
		t.Error("one announce more makes another page")
	}
	if denied := revision(func(announces map[string]uint64) { announces["denied"]++ }); denied == before {
		t.Error("the first one that is denied makes no other page")
	}
}

// Screen readers and small screens depend on these, and no golden file says that they matter.
func TestServer_PageStructure(t *testing.T) {
	t.Parallel()
	page := get(t, newServer(t, busy()), "/").body
	tables := strings.Count(page, "<table")
	for what, want := range map[string]int{"<caption>": tables, "<h1>": 1, "aria-live=": 1, `name="viewport"`: 1, "style=": 0, "onclick=": 0} {
		if got := strings.Count(page, what); got != want {
			t.Errorf("%s occurs %d times, want %d", what, got, want)
		}
	}
	for _, heading := range regexp.MustCompile(`<th [^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(heading, "scope=") {
			t.Errorf("%s heads nothing", heading)
		}
	}
	if v6, v4 := strings.Index(page, figureOf("now-"+family.V6.String())), strings.Index(page, figureOf("now-"+family.V4.String())); v6 < 0 || v6 > v4 {
		t.Errorf("IPv6 is at %d, IPv4 at %d", v6, v4)
	}
}

// figureOf is how the page names the place of a figure.
func figureOf(key string) string { return fmt.Sprintf("data-live=%q", key) }
