package content_test

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/anacrolix/torrent/merkle"
	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
)

const (
	block = 16 << 10 // of version 2
	kib   = 1 << 10
)

// both is a hybrid torrent.
var both = content.Versions{V1: true, V2: true}

// digests returns the hashes of all versions, those of version 2 made by the library's merkle trees.
func (t torrent) digests(tb testing.TB) content.Digests {
	tb.Helper()
	d := content.Digests{Pieces: t.sums(), Layers: map[[32]byte][]byte{}}
	rest := t.bytes
	for _, file := range t.Files() {
		data := rest[:file.Length]
		rest = rest[file.Length:]
		var root [32]byte
		if !file.Padding && file.Length > 0 {
			var layer []byte
			if root, layer = rootOf(data, int(t.PieceLength())); layer != nil {
				d.Layers[root] = layer
			}
		}
		d.Roots = append(d.Roots, root)
	}
	return d
}

// rootOf returns the root of a file, and its layer if it is longer than a piece.
func rootOf(data []byte, pieceLength int) (root [32]byte, layer []byte) {
	if len(data) <= pieceLength {
		return merkle.RootWithPadHash(leaves(data), [32]byte{}), nil
	}
	filler := make([][32]byte, pieceLength/block)
	var pieces [][32]byte
	for piece := range slices.Chunk(data, pieceLength) {
		full := make([][32]byte, pieceLength/block)
		copy(full, leaves(piece))
		pieces = append(pieces, merkle.Root(full))
		layer = append(layer, pieces[len(pieces)-1][:]...)
	}
	return merkle.RootWithPadHash(pieces, merkle.Root(filler)), layer
}

func leaves(data []byte) [][32]byte {
	var sums [][32]byte
	for part := range slices.Chunk(data, block) {
		sums = append(sums, sha256.Sum256(part))
	}
	return sums
}

func TestDigest_IsThatOfTheBytes(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]torrent{
		"OneByte":             newTorrent(t, 64*kib, 1),
		"OneBlock":            newTorrent(t, 64*kib, block),
		"ThreeBlocks":         newTorrent(t, 64*kib, 2*block+1),
		"OnePieceExactly":     newTorrent(t, 64*kib, 64*kib),
		"OneByteMore":         newTorrent(t, 64*kib, 64*kib+1),
		"ThreePieces":         newTorrent(t, 64*kib, 3*64*kib),
		"FivePiecesNearly":    newTorrent(t, 64*kib, 5*64*kib-1),
		"PieceOfOneBlock":     newTorrent(t, block, 7*block+5),
		"PieceLongerThanRead": newTorrent(t, 2048*kib, 5000*kib+3),
		"PieceLongerThanData": newTorrent(t, 1<<40, 300*kib),
		"SeveralFiles":        newTorrent(t, 32*kib, 40*kib, 24*kib*pad, 0, 5, (32*kib-5)*pad, 32*kib, 100*kib),
		"PaddingAtTheEnd":     newTorrent(t, 32*kib, 5, (32*kib-5)*pad),
		"PiecesOfPadding":     newTorrent(t, 32*kib, 5, (96*kib-5)*pad, 7),
		"ManyStretches":       newTorrent(t, block, 5<<20, 3<<20+1),
	} {
		want := made.digests(t)
		for _, workers := range []int{0, 1, 7} {
			for version, versions := range map[string]content.Versions{"v1": {V1: true}, "v2": {V2: true}, "hybrid": both} {
				t.Run(name+"/"+version, func(t *testing.T) {
					t.Parallel()
					var hashed atomic.Int64
					got, err := content.Digest(t.Context(), made.Layout, versions, workers, func(bytes int64) { hashed.Add(bytes) })
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(half(want, versions), got); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
					if hashed.Load() != made.Length() {
						t.Errorf("progress is %d of %d bytes", hashed.Load(), made.Length())
					}
				})
			}
		}
	}
}

// half returns what d has of these versions.
func half(d content.Digests, versions content.Versions) content.Digests {
	if !versions.V1 {
		d.Pieces = nil
	}
	if !versions.V2 {
		d.Roots, d.Layers = nil, nil
	}
	return d
}

func TestDigest_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		made     torrent
		versions content.Versions
		want     string
	}{
		"NoVersion":         {newTorrent(t, block, 5), content.Versions{}, "no version"},
		"NoData":            {torrent{}, both, "no data"},
		"TinyPieces":        {newTorrent(t, 8*kib, 5), both, "8192 is not a power of two of at least 16384"},
		"OddPieces":         {newTorrent(t, 48*kib, 5), both, "49152 is not a power of two"},
		"FileWithinPiece":   {newTorrent(t, block, 5, 5), both, "does not begin at a piece"},
		"FileAfterPadding":  {newTorrent(t, block, 5, 5*pad, 5), both, "does not begin at a piece"},
		"OneVersionOnlyToo": {newTorrent(t, block, 5, 5), content.Versions{V2: true}, "does not begin at a piece"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := content.Digest(t.Context(), test.made.Layout, test.versions, 0, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

// Two files with the same data have one root, and one layer.
func TestDigest_SameFileTwice(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, block, 40*kib, 8*kib*pad, 40*kib)
	write(t, made.path(2), made.bytes[:40*kib])
	got, err := content.Digest(t.Context(), made.Layout, both, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Roots[0] != got.Roots[2] || len(got.Layers) != 1 {
		t.Errorf("roots %x, layers of %x", got.Roots, slices.Collect(maps.Keys(got.Layers)))
	}
}
