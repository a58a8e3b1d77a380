package metafile_test

import (
	"os"
	"path/filepath"
	"testing"

	"sixseed/storage/metafile"

	"github.com/google/go-cmp/cmp"
)

// names returns what is in a folder, hidden files included.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestWrite_ReplacesTheFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "a.torrent")
	for _, want := range []string{"first and longer", "second"} {
		if err := metafile.Write(path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("read %q, %v; want %q", got, err, want)
		}
	}
	if stat, err := os.Stat(path); err != nil || stat.Mode() != 0o644 {
		t.Errorf("mode %v, %v", stat.Mode(), err)
	}
	if diff := cmp.Diff([]string{"a.torrent"}, names(t, folder)); diff != "" {
		t.Errorf("folder -want +got:\n%s", diff)
	}
}

func TestWrite_LeavesNothingBehindOnError(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken.torrent")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := metafile.Write(taken, []byte("data")); err == nil {
		t.Error("a directory was replaced")
	}
	if err := metafile.Write(filepath.Join(folder, "none", "a.torrent"), []byte("data")); err == nil {
		t.Error("a missing folder was written to")
	}
	if diff := cmp.Diff([]string{"taken.torrent"}, names(t, folder)); diff != "" {
		t.Errorf("folder -want +got:\n%s", diff)
	}
}
