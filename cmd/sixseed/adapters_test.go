package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sixseed/storage/metafile"
)

func TestInfoAt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "debian.iso.torrent")
	data, err := metafile.Build(metafile.Recipe{
		Name: "debian.iso", Length: 1, PieceLength: 16384, Pieces: make([]byte, 20),
	})
	if err != nil {
		t.Fatal(err)
	}
	info := infoAt(path)
	if _, err := info(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("a .torrent that is not there: %v", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	meta, err := metafile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := info(); err != nil || !bytes.Equal(got, meta.InfoBytes) {
		t.Errorf("read %q, %v; want %q", got, err, meta.InfoBytes)
	}
}
