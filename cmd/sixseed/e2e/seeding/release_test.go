package seeding_test

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/storage/metafile"
)

const pieceBits = "20" // pieces of 1 MiB

// release is a file to be seeded, in memory.
type release struct {
	dir     string // where both lie
	torrent string // path
	file    *os.File
	load.Torrent
}

// newRelease makes a release of so many bytes, and its torrent with another maker than ours.
func newRelease(t testing.TB, length int64) *release {
	t.Helper()
	peers.Need(t, "mktorrent")
	r := &release{dir: inMemory(t, length)}
	r.torrent = filepath.Join(r.dir, "release.torrent")
	var err error
	if r.file, err = os.Create(filepath.Join(r.dir, "release.iso")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.file.Close() })
	if _, err := io.CopyN(r.file, rand.NewChaCha8([32]byte{}), length); err != nil {
		t.Fatal(err)
	}
	mktorrent := peers.Command(t.Context(), "mktorrent", "-l", pieceBits, "-o", r.torrent, r.file.Name())
	if output, err := mktorrent.CombinedOutput(); err != nil {
		t.Fatalf("mktorrent: %v\n%s", err, output)
	}
	made, err := metafile.Load(r.torrent)
	if err != nil {
		t.Fatal(err)
	}
	r.Torrent = load.Torrent{InfoHash: made.InfoHash, PieceLength: made.PieceLength, Length: length}
	return r
}

// inMemory returns a folder for the test in a file system without a disk if one has room, so that nothing has to be read
// or written back while something is measured.
func inMemory(t testing.TB, length int64) string {
	t.Helper()
	const shared = "/dev/shm"
	var room unix.Statfs_t
	if err := unix.Statfs(shared, &room); err != nil || int64(room.Bavail)*room.Bsize < 2*length {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(shared, "sixseed-seeding-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
