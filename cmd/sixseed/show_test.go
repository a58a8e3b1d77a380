package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// dict is a bencoded dictionary to be.
type dict map[string]any

func bencoded(t testing.TB, value any) []byte {
	t.Helper()
	data, err := bencode.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fixtures are .torrent files such as there are, by what is particular about them.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	const hash = "hhhhhhhhhhhhhhhhhhhh"
	file := func(length int, path ...string) dict { return dict{"length": length, "path": path} }
	pad := func(length int, name string) dict {
		return dict{"attr": "p", "length": length, "path": []string{".pad", name}}
	}
	leaf := func(length int, root string) dict {
		return dict{"": dict{"length": length, "pieces root": strings.Repeat(root, 32)}}
	}
	tree := dict{"README": leaf(900, "r"), "iso": dict{"a.iso": leaf(262144, "a")}}
	multi := dict{
		"name": "release 1.0", "piece length": 262144, "pieces": hash + hash,
		"files": []dict{file(900, "README"), pad(261244, "261244"), file(262144, "iso", "a.iso")},
	}
	var files []dict
	for i := range 30 {
		files = append(files, file(i+1, "folder", strings.Repeat("x", i+1)))
	}
	many := dict{"name": "many", "piece length": 65536, "pieces": hash, "files": files}
	return map[string][]byte{
		"debian": bencoded(t, dict{
			"announce": "http://bttracker.debian.org:6969/announce", "comment": `"Debian CD from cdimage.debian.org"`,
			"created by": "mktorrent 1.1", "creation date": 1696682848,
			"httpseeds": []string{"https://cdimage.debian.org/cdimage/archive/debian-12.2.0-amd64-netinst.iso"},
			"info": dict{
				"name": "debian-12.2.0-amd64-netinst.iso", "length": 658505728, "piece length": 262144,
				"pieces": strings.Repeat(hash, 2512),
			},
		}),
		"padding": bencoded(t, dict{
			"announce":      "http://tracker.example.org:6969/announce",
			"announce-list": [][]string{{"http://tracker.example.org:6969/announce", "udp://tracker.example.org:6969"}, {"http://ipv6.tracker.example.org:6969/announce"}},
			"url-list":      []string{"https://mirror.example.org/", "https://other.example.org/"},
			"nodes":         []any{[]any{"2001:db8::1", 6881}, []any{"router.example.org", 6881}}, "info": multi, "zz": 1,
		}),
		"hybrid": bencoded(t, dict{
			"announce": "udp://tracker.example.org:6969", "piece layers": dict{},
			"info": dict{
				"name": multi["name"], "piece length": 262144, "pieces": multi["pieces"], "files": multi["files"],
				"meta version": 2, "file tree": tree,
			},
		}),
		"v2": bencoded(t, dict{
			"announce": "udp://tracker.example.org:6969", "piece layers": dict{},
			"info": dict{"name": "release 1.0", "piece length": 262144, "meta version": 2, "file tree": tree},
		}),
		"private": bencoded(t, dict{
			"info": dict{"name": "a.iso", "length": 1, "piece length": 1000, "pieces": hash, "private": 1, "source": "here", "x_cross_seed": "1"},
		}),
		"hostile": append(bencoded(t, dict{
			"announce": "http://x\x1b]0;title\a/", "comment": "first\r\nsecond \u202etxt.exe\x1b[2J\n", "created by": "\xff\xfe\x00\u009b31m",
			"\x1bkey": 1, "url-list": "http://\x7f/",
			"info": dict{
				"name": "..\r\x1b[31m/\u2028", "piece length": 32 << 20, "pieces": "short",
				"files": []dict{file(-5, "..", "..", "etc", "passwd"), file(1<<60, "a\nb")}, "\u0085": "",
			},
		}), "\x1b[2J"...),
		"many": bencoded(t, dict{"announce": "http://tracker.example.org/announce", "info": many}),
	}
}

func TestPrintTorrents(t *testing.T) {
	t.Parallel()
	for name, data := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			description, err := metafile.Describe(data)
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := printTorrents(&text, []shown{{Path: name + ".torrent", Description: &description}}, false); err != nil {
				t.Fatal(err)
			}
			golden(t, "show-"+name+".golden", text.String())
		})
	}
}

func TestPrintTorrents_AllFiles(t *testing.T) {
	t.Parallel()
	description, err := metafile.Describe(fixtures(t)["many"])
	if err != nil {
		t.Fatal(err)
	}
	sheet := torrentSheet(&description, true)
	if !strings.Contains(sheet, "folder/"+strings.Repeat("x", 30)+"\n") || strings.Contains(sheet, "more") {
		t.Errorf("not all files are in\n%s", sheet)
	}
}

func TestPrintTorrents_LongListsAndTextsAreCut(t *testing.T) {
	t.Parallel()
	var tiers [][]string
	for range 60 {
		tiers = append(tiers, []string{"http://a.example.org/"})
	}
	description := metafile.Description{
		Name: strings.Repeat("ü", 5000), Comment: strings.Repeat("line\n", 1000), Tiers: tiers, Webseeds: make([]string, 51),
	}
	sheet := torrentSheet(&description, false)
	for _, want := range []string{"üü...\n", "and 950 more, which --json lists", "and 10 more tiers", "and 1 more, which --json lists"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("no %q in\n%s", want, sheet)
		}
	}
}

// writeFixture writes a .torrent into a directory of its own and returns its path.
func writeFixture(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.torrent")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestShow_JSON(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "none.torrent")
	hostile := writeFixture(t, fixtures(t)["hostile"])
	var out bytes.Buffer
	command := showCommand{Torrents: []string{missing, hostile}, JSON: true}
	err := command.Run(t.Context(), &streams{Out: &out})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	if at := strings.IndexFunc(out.String(), obeyed); at >= 0 {
		t.Errorf("%q is printed raw in\n%s", out.String()[at:at+1], &out)
	}
	var got []struct {
		Path, Error, Name, Comment string
		Files                      []struct{ Path string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Path != missing || got[0].Error == "" || got[1].Error != "" {
		t.Fatalf("got %+v", got)
	}
	if got[1].Comment != "first\r\nsecond \u202etxt.exe\x1b[2J\n" || got[1].Files[0].Path != "../../etc/passwd" {
		t.Errorf("got %+v", got[1])
	}
}

// obeyed says whether a terminal may do something else with a character than print it.
func obeyed(r rune) bool {
	return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func TestEscapeJSON_AboveTheFirstPlane(t *testing.T) {
	t.Parallel()
	var got string
	escaped := escapeJSON("\"a\U000e0041b\"")
	if err := json.Unmarshal([]byte(escaped), &got); err != nil || got != "a\U000e0041b" || !strings.Contains(escaped, `\udb40\udc41`) {
		t.Errorf("%s is %q, %v", escaped, got, err)
	}
}

// fakeNames is a resolver that knows some hosts.
type fakeNames map[string][]netip.Addr

func (f fakeNames) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	if host == "slow.example.org" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if addresses, ok := f[host]; ok {
		return addresses, nil
	}
	return nil, errors.New("no such host")
}

func TestLintFamilies(t *testing.T) {
	t.Parallel()
	v4, v6, mapped := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("::ffff:192.0.2.1")
	names := fakeNames{
		"both.example.org": {v4, v6}, "v4.example.org": {v4, v4}, "v6.example.org": {v6}, "mapped.example.org": {mapped},
	}
	lints := lintFamilies(t.Context(), names, [][]string{
		{"http://both.example.org/announce", "http://v4.example.org/announce", "udp://v4.example.org:1"},
		{"https://v6.example.org:8443/", "http://mapped.example.org/"},
		{"http://none.example.org/", "http://%zz/", "no URL"},
	})
	var got []string
	for _, lint := range lints {
		got = append(got, lint.Code+": "+lint.Text)
	}
	want := []string{
		`one-family: tracker "v4.example.org" has IPv4 addresses only: over IPv6 nobody can announce to it`,
		`one-family: tracker "v6.example.org" has IPv6 addresses only: over IPv4 nobody can announce to it`,
		`one-family: tracker "mapped.example.org" has IPv4 addresses only: over IPv6 nobody can announce to it`,
		`unresolved: tracker "none.example.org": its addresses were not found: no such host`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLintFamilies_SlowNamesEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	lints := lintFamilies(ctx, fakeNames{}, [][]string{{"http://slow.example.org/"}})
	if len(lints) != 1 || lints[0].Code != "unresolved" {
		t.Errorf("got %v", lints)
	}
}

func TestTrackerHosts_AreBounded(t *testing.T) {
	t.Parallel()
	var tier []string
	for i := range 1000 {
		tier = append(tier, fmt.Sprintf("http://%d.example.org/", i))
	}
	if hosts := trackerHosts([][]string{tier}); len(hosts) != mostHosts {
		t.Errorf("%d hosts", len(hosts))
	}
}

func TestShow_NoNameIsLookedUpUnasked(t *testing.T) {
	t.Parallel()
	path := writeFixture(t, fixtures(t)["debian"])
	for resolve, want := range map[bool]int{false: 0, true: 1} {
		command := showCommand{Torrents: []string{path}, Resolve: resolve}
		torrents, err := command.describe(t.Context(), fakeNames{})
		if err != nil || len(torrents) != 1 || len(torrents[0].Odd) != want {
			t.Errorf("resolve %v: %+v, %v", resolve, torrents, err)
		}
	}
}

// FuzzShow checks that whatever is in a file, show prints nothing that a terminal might obey, and well-formed JSON.
func FuzzShow(f *testing.F) {
	for _, data := range fixtures(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		description, err := metafile.Describe(data)
		if err != nil {
			return
		}
		torrents := []shown{{Path: "a.torrent", Description: &description}}
		var text, object bytes.Buffer
		if err := errors.Join(printTorrents(&text, torrents, true), writeJSON(&object, torrents)); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(text.String(), obeyed) || strings.ContainsFunc(object.String(), obeyed) {
			t.Errorf("control characters in\n%q\n%q", &text, &object)
		}
		if !json.Valid(object.Bytes()) {
			t.Errorf("no JSON: %s", &object)
		}
	})
}
