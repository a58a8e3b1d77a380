package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

func TestCreateCommand_Order(t *testing.T) {
	t.Parallel()
	now := time.Unix(1300000000, 0)
	command := createCommand{
		Announce: []string{"http://a/,http://b/", "udp://c:1"}, Webseed: []string{"http://m/", "http://n/,http://o/"},
		Node: []string{"[::1]:6881"}, Hybrid: true, Private: true, PieceLength: 1 << 20, Comment: "c", Source: "s",
	}
	order, err := command.order(now)
	if err != nil {
		t.Fatal(err)
	}
	want := metafile.Recipe{
		Tiers: [][]string{{"http://a/", "http://b/"}, {"udp://c:1"}}, Webseeds: []string{"http://m/", "http://n/", "http://o/"},
		Nodes: []string{"[::1]:6881"}, Private: true, Comment: "c", Source: "s", CreatedBy: "sixseed/" + version, Created: now,
	}
	if diff := cmp.Diff(want, order.recipe); diff != "" {
		t.Errorf("recipe -want +got:\n%s", diff)
	}
	if order.version != versionHybrid || order.pieceLength != 1<<20 || !order.checksums {
		t.Errorf("order is %+v", order)
	}
}

func TestPieceLength_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]pieceLength{
		"14": 16 << 10, "18": 256 << 10, "28": 256 << 20, "16KiB": 16 << 10, "2 MiB": 2 << 20, "256MiB": 256 << 20,
	} {
		var got pieceLength
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "13", "29", "-1", "1e3", "2MB", "8KiB", "512MiB", "3MiB", "unlimited", "99999999999999999999"} {
		var got pieceLength
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q is taken for %d, error %v", text, got, err)
		}
	}
}

// The bar is on the terminal while a release is hashed, and what was made is on standard output.
func TestCreateCommand_ShowsProgressOnTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.iso")
	writeFile(t, path, "an image")
	var stdout bytes.Buffer
	var terminal fakeTerminal
	s := &streams{Out: &stdout, Err: &terminal, Terminal: true}
	command := createCommand{Paths: []string{path}, Output: dir}
	if err := command.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	terminal.waitFor(t, "a.iso")
	if !strings.HasPrefix(stdout.String(), path+".torrent: ") {
		t.Errorf("standard output is %q", &stdout)
	}
}

func TestCreateCommand_EndsWithContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.iso"), "an image")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	command := createCommand{Paths: []string{filepath.Join(dir, "a.iso"), filepath.Join(dir, "none")}, Output: dir}
	err := command.Run(ctx, &streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "none") {
		t.Errorf("error is %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.iso.torrent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a .torrent was written: %v", err)
	}
}

// A file that changes while it is hashed makes no torrent.
func TestCreateOrder_FileThatChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.iso")
	writeFile(t, path, strings.Repeat("x", 1<<20))
	layout, err := content.NewLayout([]content.File{{Path: path, Length: 1 << 20}}, 1<<14)
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	grow := func() { writeFile(t, path, "shorter") }
	_, err = hashWith(t, layout, func(int64) { once.Do(grow) })
	if !errors.Is(err, content.ErrChanged) || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v, want one that says that %s has changed", err, path)
	}
}

// hashWith is createOrder.hash with a progress of the test's.
func hashWith(t *testing.T, layout content.Layout, progress content.Progress) (content.Digests, error) {
	t.Helper()
	order := &createOrder{version: versionOne}
	return order.hash(t.Context(), layout, nil, progress)
}

func TestRelease_Excludes(t *testing.T) {
	t.Parallel()
	w := walk{exclude: []string{"*.part", "sub/[ab]", "dir"}}
	for path, want := range map[string]bool{
		"x.part": true, "sub/x.part": true, "sub/a": true, "sub/c": false, "a": false, "dir": true, "sub/dir": true, "dirt": false,
		"other/sub/a": false,
	} {
		if got := w.excludes(strings.Split(path, "/")); got != want {
			t.Errorf("%s excluded: %v, want %v", path, got, want)
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
