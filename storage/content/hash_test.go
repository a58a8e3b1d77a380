package content_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sixseed/storage/content"
)

func TestHash_IsThatOfTheBytes(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for name, made := range map[string]torrent{
		"OneByte":              newTorrent(t, 16, 1),
		"OnePieceExactly":      newTorrent(t, 16, 16),
		"LastPieceShort":       newTorrent(t, 16, 33),
		"PieceLongerThanData":  newTorrent(t, 1<<62, 1000),
		"PieceLongerThanReads": newTorrent(t, 3*mib, 7*mib+5),
		"PieceOfAnOddLength":   newTorrent(t, 1000, mib+777),
		"ManySmallPieces":      newTorrent(t, 16, 300_000),
		"PiecesOverFiles":      newTorrent(t, 100, 30, 20, 500, 1, 49, 99, 101),
		"EmptyFiles":           newTorrent(t, 16, 0, 10, 0, 0, 10, 0),
		"Padding":              newTorrent(t, 16, 10, 6*pad, 20, 12*pad, 5),
		"PaddingAfterMuchData": newTorrent(t, mib, 3*mib, 2*mib*pad, 5),
		"PaddingOfManyPieces":  newTorrent(t, 16, 10, 100*pad, 5),
	} {
		for _, workers := range []int{0, 1, 2, 7} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var hashed atomic.Int64
				got, err := content.Hash(t.Context(), made.Layout, workers, func(bytes int64) { hashed.Add(bytes) })
				if err != nil {
					t.Fatal(err)
				}
				equal(t, got, made.sums())
				if hashed.Load() != made.Length() {
					t.Errorf("progress is %d of %d bytes", hashed.Load(), made.Length())
				}
			})
		}
	}
}

func TestHash_RefusesZeroLayout(t *testing.T) {
	t.Parallel()
	if sums, err := content.Hash(t.Context(), content.Layout{}, 0, nil); err == nil {
		t.Errorf("got %x", sums)
	}
}

func TestHash_RefusesFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(path string) error
		want  string
	}{
		"Missing":   {os.Remove, "no such file"},
		"Shorter":   {func(path string) error { return os.Truncate(path, 999) }, "has 999 bytes, not 1000"},
		"Longer":    {func(path string) error { return os.Truncate(path, 1001) }, "has 1001 bytes, not 1000"},
		"Directory": {func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := newTorrent(t, 16, 10, 1000)
			if err := test.spoil(made.path(1)); err != nil {
				t.Fatal(err)
			}
			_, err := content.Hash(t.Context(), made.Layout, 0, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), made.path(1)) {
				t.Errorf("error is %v, want %q and the path in it", err, test.want)
			}
			if errors.Is(err, content.ErrChanged) {
				t.Errorf("%v is ErrChanged, but nothing changed meanwhile", err)
			}
		})
	}
}

// The worker's first report of progress is where the file changes: after the stamps were taken, before the end.
func TestHash_FileChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := newTorrent(t, 1<<20, 3<<20)
			var once sync.Once
			var changeErr error
			_, err := content.Hash(t.Context(), made.Layout, 1, func(int64) {
				once.Do(func() { changeErr = change(made.path(0)) })
			})
			if changeErr != nil {
				t.Fatal(changeErr)
			}
			if !errors.Is(err, content.ErrChanged) || !strings.Contains(err.Error(), made.path(0)) {
				t.Errorf("error is %v, want ErrChanged and the path in it", err)
			}
		})
	}
}

// A file not read yet when it changes is refused too: its hashes would be right, but of other data.
func TestHash_LaterFileReplacedMeanwhile(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 3<<20, 1000)
	var once sync.Once
	var changeErr error
	_, err := content.Hash(t.Context(), made.Layout, 1, func(int64) {
		once.Do(func() { changeErr = changes()["Replaced"](made.path(1)) })
	})
	if changeErr != nil {
		t.Fatal(changeErr)
	}
	if !errors.Is(err, content.ErrChanged) || !strings.Contains(err.Error(), made.path(1)) {
		t.Errorf("error is %v, want ErrChanged and the path in it", err)
	}
}

func TestHash_Cancelled(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 8<<20, 16<<20)
	ctx, cancel := context.WithCancel(t.Context())
	var reports atomic.Int64
	_, err := content.Hash(ctx, made.Layout, 2, func(int64) {
		reports.Add(1)
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	// Each worker may have been reading when it was cancelled.
	if reports.Load() > 2 {
		t.Errorf("went on for %d reads", reports.Load())
	}
}

func TestHash_ThousandFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var files []content.File
	made := torrent{folder: folder}
	for i := range 1000 {
		path := filepath.Join(folder, strings.Repeat("x", i%100+1)+string(rune('a'+i/100)))
		data := []byte(path[:len(path)-i%7])
		write(t, path, data)
		files = append(files, content.File{Path: path, Length: int64(len(data))})
		made.bytes = append(made.bytes, data...)
	}
	layout, err := content.NewLayout(files, 64)
	if err != nil {
		t.Fatal(err)
	}
	made.Layout = layout
	for _, workers := range []int{1, 4} {
		got, err := content.Hash(t.Context(), layout, workers, func(int64) {
			// With more workers, the others open and close files while these are counted.
			if open := made.openFiles(t); workers == 1 && open > 1 {
				t.Errorf("%d files open", open)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, made.sums())
	}
}
