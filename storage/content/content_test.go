package content_test

import (
	"bytes"
	"crypto/sha1"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"sixseed/storage/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pad is a negative length in the lists of lengths that torrent takes: padding.
const pad = -1

// torrent is a layout, the bytes it has, and the folder they are in.
type torrent struct {
	content.Layout
	bytes  []byte
	folder string
}

// newTorrent writes files of these lengths, in which no two places look alike. A negative length is padding.
func newTorrent(tb testing.TB, pieceLength int64, lengths ...int) torrent {
	tb.Helper()
	made := torrent{folder: tb.TempDir()}
	random := rand.NewChaCha8([32]byte{1})
	var files []content.File
	for i, length := range lengths {
		if length < 0 {
			files = append(files, content.File{Length: int64(-length), Padding: true})
			made.bytes = append(made.bytes, make([]byte, -length)...)
			continue
		}
		data := make([]byte, length)
		_, _ = random.Read(data)
		path := filepath.Join(made.folder, string(rune('a'+i)))
		write(tb, path, data)
		files = append(files, content.File{Path: path, Length: int64(length)})
		made.bytes = append(made.bytes, data...)
	}
	layout, err := content.NewLayout(files, pieceLength)
	if err != nil {
		tb.Fatal(err)
	}
	made.Layout = layout
	return made
}

// sums returns the hashes of the pieces, made in the most simple way.
func (t torrent) sums() []byte {
	var sums []byte
	for rest := t.bytes; len(rest) > 0; {
		piece := rest[:min(int64(len(rest)), t.PieceLength())]
		sum := sha1.Sum(piece)
		sums = append(sums, sum[:]...)
		rest = rest[len(piece):]
	}
	return sums
}

func (t torrent) path(file int) string { return t.Files()[file].Path }

func (t torrent) stamps(tb testing.TB) []content.Stamp {
	tb.Helper()
	stamps, err := t.Stamps()
	if err != nil {
		tb.Fatal(err)
	}
	return stamps
}

// openFiles returns how many files in the folder this process has open.
func (t torrent) openFiles(tb testing.TB) int {
	tb.Helper()
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		tb.Fatal(err)
	}
	open := 0
	for _, descriptor := range descriptors {
		// A descriptor closed since cannot be read any more, and is not open.
		if path, err := os.Readlink(filepath.Join("/proc/self/fd", descriptor.Name())); err == nil &&
			strings.HasPrefix(path, t.folder) {
			open++
		}
	}
	return open
}

func write(tb testing.TB, path string, data []byte) {
	tb.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// equal compares data too long to print.
func equal(tb testing.TB, got, want []byte) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Errorf("got %d bytes, want %d", len(got), len(want))
	} else if !bytes.Equal(got, want) {
		tb.Error("the bytes differ")
	}
}
