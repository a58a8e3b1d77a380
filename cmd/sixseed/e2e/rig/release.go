package rig

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

// Release is a file to be seeded, in memory.
type Release struct {
	Dir          string   // where the file and its metafile lie
	Metafile     string   // path of the .torrent file
	File         *os.File // closed when the test ends
	load.Torrent          // without Data: whoever wants blocks compared sets it to File
}

// NewRelease makes a release of so many bytes, and its metafile with another maker than ours. It is gone when the test
// ends.
func NewRelease(t testing.TB, length int64) *Release {
	t.Helper()
	peers.Need(t, "mktorrent")
	r := &Release{Dir: InMemory(t, length)}
	r.Metafile = filepath.Join(r.Dir, "release.torrent")
	var err error
	if r.File, err = os.Create(filepath.Join(r.Dir, "release.iso")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.File.Close() })
	if _, err := io.CopyN(r.File, rand.NewChaCha8([32]byte{}), length); err != nil {
		t.Fatal(err)
	}
	mktorrent := peers.Command(t.Context(), "mktorrent", "-l", pieceBits, "-o", r.Metafile, r.File.Name())
	if output, err := mktorrent.CombinedOutput(); err != nil {
		t.Fatalf("mktorrent: %v\n%s", err, output)
	}
	made, err := metafile.Load(r.Metafile)
	if err != nil {
		t.Fatal(err)
	}
	r.Torrent = load.Torrent{InfoHash: made.InfoHash, PieceLength: made.PieceLength, Length: length}
	return r
}

// InMemory returns a folder for the test in a file system without a disk if one has room for so many bytes twice, so that
// nobody waits for a disk, and nothing has to be read or written back while something is measured. It is removed when the
// test ends, after what is cleaned up by who asks later.
func InMemory(t testing.TB, length int64) string {
	t.Helper()
	const shared = "/dev/shm"
	var room unix.Statfs_t
	if err := unix.Statfs(shared, &room); err != nil || int64(room.Bavail)*room.Bsize < 2*length {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(shared, "sixseed-rig-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
