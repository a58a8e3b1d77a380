package peers

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// isoFrame is about what an ISO 9660 image is larger than the files in it.
const isoFrame = 512 << 10

// MakeISO makes at path an ISO 9660 image of size bytes, to within 200 KiB. What is in it does not compress and is the
// same in every run for the same name and size.
func MakeISO(t testing.TB, path string, size int64) {
	t.Helper()
	Need(t, "xorriso")
	tree := filepath.Join(t.TempDir(), "tree")
	if err := fillTree(tree, filepath.Base(path), size-isoFrame); err != nil {
		t.Fatalf("make the files of %s: %v", path, err)
	}
	err := run(t.Context(), "xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-V", "SIXSEED", "-o", path, tree)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(tree); err != nil {
		t.Fatal(err)
	}
}

// fillTree makes the files of a release: a few small ones, and one that holds the rest of size.
func fillTree(tree, release string, size int64) error {
	seed := sha256.Sum256(fmt.Appendf(nil, "%s %d", release, size))
	random := rand.NewChaCha8(seed)
	const small = 10
	for n := range small {
		if err := writeRandom(filepath.Join(tree, "dists", fmt.Sprintf("Packages.%d", n)), random, 1000*int64(n+1)); err != nil {
			return err
		}
	}
	return writeRandom(filepath.Join(tree, "live", "filesystem.squashfs"), random, size)
}

func writeRandom(path string, random io.Reader, size int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if _, err := io.CopyN(file, random, size); err != nil {
		return err
	}
	return file.Close()
}
