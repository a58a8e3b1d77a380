package labs_test

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/storage/metafile"
)

const (
	releaseLength = 256 << 20 // bytes: many times what all peers have in flight
	pieceBits     = "20"      // pieces of 1 MiB
)

// release is a file to be seeded, in memory.
type release struct {
	dir     string // where both lie
	torrent string // path
	load.Torrent
}

// newRelease makes a release, and its torrent with another maker than ours.
func newRelease(t testing.TB) *release {
	t.Helper()
	peers.Need(t, "mktorrent")
	r := &release{dir: inMemory(t)}
	r.torrent = filepath.Join(r.dir, "release.torrent")
	file, err := os.Create(filepath.Join(r.dir, "release.iso"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := io.CopyN(file, rand.NewChaCha8([32]byte{}), releaseLength); err != nil {
		t.Fatal(err)
	}
	mktorrent := peers.Command(t.Context(), "mktorrent", "-l", pieceBits, "-o", r.torrent, file.Name())
	if output, err := mktorrent.CombinedOutput(); err != nil {
		t.Fatalf("mktorrent: %v\n%s", err, output)
	}
	made, err := metafile.Load(r.torrent)
	if err != nil {
		t.Fatal(err)
	}
	r.Torrent = load.Torrent{InfoHash: made.InfoHash, PieceLength: made.PieceLength, Length: releaseLength}
	return r
}

// inMemory returns a folder for the test in a file system without a disk, if there is one.
func inMemory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sixseed-labs-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
