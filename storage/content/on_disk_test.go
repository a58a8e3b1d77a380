package content_test

import (
	"bytes"
	"crypto/sha1"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
)

// A file that is not as long as the torrent says is verified as far as it goes, if the layout says so.
func TestVerify_FileOfAnotherSizeOnDisk(t *testing.T) {
	t.Parallel()
	const pieceLength = 16
	right := []byte(strings.Repeat("0123456789abcdef", 4))
	var want []byte
	for piece := range slices.Chunk(right, pieceLength) {
		sum := sha1.Sum(piece)
		want = append(want, sum[:]...)
	}
	for name, test := range map[string]struct {
		data []byte
		bad  []int // pieces
	}{
		"Longer":          {append(bytes.Clone(right), "more"...), nil},
		"Shorter":         {right[:40], []int{2, 3}},
		"ShorterByPieces": {right[:32], []int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.iso")
			if err := os.WriteFile(path, test.data, 0o600); err != nil {
				t.Fatal(err)
			}
			file := content.File{Path: path, Length: int64(len(right)), OnDisk: int64(len(test.data))}
			layout, err := content.NewLayout([]content.File{file}, pieceLength)
			if err != nil {
				t.Fatal(err)
			}
			bad, err := content.Verify(t.Context(), layout, content.Digests{Pieces: want}, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			var pieces []int
			for _, piece := range bad {
				pieces = append(pieces, piece.Index)
			}
			if diff := cmp.Diff(test.bad, pieces); diff != "" {
				t.Errorf("bad pieces -want +got:\n%s", diff)
			}
		})
	}
}
