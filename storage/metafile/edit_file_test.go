package metafile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func TestEditFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, link := filepath.Join(folder, "a.torrent"), filepath.Join(folder, "link.torrent")
	if err := os.WriteFile(path, []byte(shapes["Debian"]), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.torrent", link); err != nil {
		t.Fatal(err)
	}
	content := func() string {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}

	edited, err := metafile.EditFile(link, addFresh())
	if err != nil || edited.Path != link || content() != shapes["Debian"] {
		t.Fatalf("before Save the file has %q, %v", content(), err)
	}
	if err := edited.Save(); err != nil || content() != string(edited.Data) {
		t.Errorf("after Save the file has %q, %v", content(), err)
	}
	if stat, err := os.Stat(path); err != nil || stat.Mode() != 0o640 {
		t.Errorf("mode %v, %v", stat.Mode(), err)
	}
	if target, err := os.Readlink(link); err != nil || target != "a.torrent" {
		t.Errorf("the link became %q, %v", target, err)
	}
	if diff := cmp.Diff([]string{"a.torrent", "link.torrent"}, names(t, folder)); diff != "" {
		t.Errorf("folder -want +got:\n%s", diff)
	}
}

func TestEditFile_UnchangedIsNotWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.torrent")
	if err := os.WriteFile(path, []byte(shapes["Debian"]), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	edited, err := metafile.EditFile(path, metafile.Changes{AddTiers: [][]string{{trackerA}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := edited.Save(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced (%v)", err)
	}
}

func TestEditFile_ErrorNamesTheFileOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.torrent")
	if err := os.WriteFile(broken, []byte("d4:info"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{broken, folder, filepath.Join(folder, "none.torrent")} {
		if _, err := metafile.EditFile(path, addFresh()); err == nil || strings.Count(err.Error(), path) != 1 {
			t.Errorf("error is %v", err)
		}
	}
}
