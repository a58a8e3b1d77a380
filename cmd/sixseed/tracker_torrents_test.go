package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// shelve writes the .torrent that the recipe describes, and returns it with the release that it is of.
func shelve(t *testing.T, recipe metafile.Recipe) (library.Release, *metafile.Metafile) {
	t.Helper()
	recipe.Length, recipe.PieceLength = 1, 16384
	if recipe.Pieces == nil {
		recipe.Pieces = make([]byte, 20)
	}
	data, err := metafile.Build(recipe)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "made.torrent")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := metafile.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return library.Release{InfoHash: m.InfoHash, Name: m.Name, Size: 1, State: library.Seeding, MetafilePath: path}, m
}

func TestTrackedTorrents_Has(t *testing.T) {
	t.Parallel()
	var torrents trackedTorrents
	release, m := shelve(t, metafile.Recipe{Name: "debian.iso"})
	m.HasV2, m.InfoHashV2 = true, [32]byte{1, 2, 3}
	v2 := [20]byte{1, 2, 3}
	if torrents.has(m.InfoHash) || torrents.has(v2) {
		t.Error("it has what was not added")
	}
	torrents.add(release, m)
	if !torrents.has(m.InfoHash) || !torrents.has(v2) {
		t.Error("a seeded torrent is not tracked under both of its info-hashes")
	}
	torrents.know([][20]byte{m.InfoHash, {}})
	torrents.remove(m.InfoHash)
	if !torrents.has(m.InfoHash) || torrents.has(v2) {
		t.Error("a torrent of the library is not tracked while it is not seeded")
	}
	if torrents.has([20]byte{}) {
		t.Error("releases without a .torrent are tracked")
	}
	torrents.know(nil)
	if torrents.has(m.InfoHash) {
		t.Error("what has left the library is still tracked")
	}
}

func TestTrackedTorrents_Follow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var torrents trackedTorrents
		torrents.know([][20]byte{{1}})
		ctx, cancel := context.WithCancel(t.Context())
		var following sync.WaitGroup
		following.Go(func() {
			err := torrents.follow(ctx, func() []library.Release { return []library.Release{{InfoHash: [20]byte{2}}, {}} })
			if err != nil {
				t.Error(err)
			}
		})
		time.Sleep(knownInterval - time.Second)
		synctest.Wait()
		if !torrents.has([20]byte{1}) || torrents.has([20]byte{2}) {
			t.Error("what the ledger knows does not count until the library has looked")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if torrents.has([20]byte{1}) || !torrents.has([20]byte{2}) {
			t.Error("what the library knows does not count")
		}
		cancel()
		following.Wait()
	})
}

func TestTrackedTorrents_List(t *testing.T) {
	t.Parallel()
	var torrents trackedTorrents
	if got := torrents.List(); len(got) != 0 {
		t.Errorf("nothing is seeded, and it lists %v", got)
	}
	var hashes []string
	for _, recipe := range []metafile.Recipe{
		{Name: "ubuntu.iso"},
		{Name: "debian.iso"},
		{Name: "debian.iso", Pieces: bytes.Repeat([]byte{1}, 20)},
		{Name: "members.iso", Private: true},
	} {
		release, m := shelve(t, recipe)
		torrents.add(release, m)
		hashes = append(hashes, infoHashText(m.InfoHash))
	}
	names := func() (names []string) {
		for _, torrent := range torrents.List() {
			names = append(names, torrent.Name)
		}
		return names
	}
	want := []string{
		"debian.iso-" + min(hashes[1], hashes[2]) + ".torrent",
		"debian.iso-" + max(hashes[1], hashes[2]) + ".torrent",
		"ubuntu.iso.torrent",
	}
	if diff := cmp.Diff(want, names()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	_, m := shelve(t, metafile.Recipe{Name: "debian.iso"})
	torrents.remove(m.InfoHash)
	if diff := cmp.Diff([]string{"debian.iso.torrent", "ubuntu.iso.torrent"}, names()); diff != "" {
		t.Errorf("files after one has gone (-want +got):\n%s", diff)
	}
}

func TestTrackedTorrents_Open(t *testing.T) {
	t.Parallel()
	const official, ours = "http://official.example.org/announce", "udp://ours.example.org:6969"
	release, m := shelve(t, metafile.Recipe{Name: "debian.iso", Tiers: [][]string{{official}}})
	original, err := os.ReadFile(release.MetafilePath)
	if err != nil {
		t.Fatal(err)
	}
	var torrents trackedTorrents
	torrents.add(release, m)
	open := func() ([]byte, error) { return torrents.Open("debian.iso.torrent") }

	if got, err := open(); err != nil || !bytes.Equal(got, original) {
		t.Errorf("with nothing to publish it is changed: %q, %v", got, err)
	}
	torrents.setPublish([]string{ours, "http://ours.example.org/announce"})
	data, err := open()
	if err != nil {
		t.Fatal(err)
	}
	edited, err := metafile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{ours, "http://ours.example.org/announce"}, {official}}
	if diff := cmp.Diff(want, edited.Tiers); diff != "" || edited.InfoHash != m.InfoHash {
		t.Errorf("info-hash %x, want %x; tiers (-want +got):\n%s", edited.InfoHash, m.InfoHash, diff)
	}
	if now, err := os.ReadFile(release.MetafilePath); err != nil || !bytes.Equal(now, original) {
		t.Errorf("the file itself was changed: %v", err)
	}

	for _, name := range []string{"", "debian.iso", "../made.torrent", "other.iso.torrent"} {
		if _, err := torrents.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: got %v", name, err)
		}
	}
	other, _ := shelve(t, metafile.Recipe{Name: "debian.iso", Pieces: bytes.Repeat([]byte{1}, 20)})
	if err := os.Rename(other.MetafilePath, release.MetafilePath); err != nil {
		t.Fatal(err)
	}
	if _, err := open(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another torrent in the file's place: got %v", err)
	}
	if err := os.WriteFile(release.MetafilePath, []byte("d4:infoi1ee"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is no torrent: got %v", err)
	}
}
