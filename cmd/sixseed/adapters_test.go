package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
	"sixseed/storage/ledger"
	"sixseed/storage/metafile"
)

func TestRecorder_Recent(t *testing.T) {
	t.Parallel()
	books, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = books.Close() })
	sent := wire.Traffic{Payload: 1000, Overhead: 20, Received: 3}
	if err := (recorder{books}).Record(t.Context(), []seeder.Delta{{Family: family.V6, Traffic: sent}}); err != nil {
		t.Fatal(err)
	}
	recent, covered, err := recorder{books}.Recent(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if want := (family.Pair[wire.Traffic]{V6: sent}); recent != want || covered < 0 || covered > time.Hour {
		t.Errorf("%+v in %v, want %+v in an hour at most", recent, covered, want)
	}
}

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
