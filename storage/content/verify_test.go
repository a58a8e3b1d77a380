package content_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 40, 8*pad, 30)
	if bad, err := content.Verify(t.Context(), made.Layout, content.Digests{Pieces: made.sums()}, 0, nil); err != nil || bad != nil {
		t.Fatalf("good data: %v, %v", bad, err)
	}

	want := made.sums()
	want[0]++
	want[2*20+19]++
	got, err := content.Verify(t.Context(), made.Layout, content.Digests{Pieces: want}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := made.path(0)
	diff := cmp.Diff([]content.BadPiece{
		{Index: 0, Parts: []content.Part{{Path: a, Offset: 0, Length: 16}}},
		{Index: 2, Parts: []content.Part{{Path: a, Offset: 32, Length: 8}}}, // and padding
	}, got)
	if diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestVerify_Errors(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 40)
	if _, err := content.Verify(t.Context(), made.Layout, content.Digests{Pieces: make([]byte, 40)}, 0, nil); err == nil {
		t.Error("hashes of 2 pieces were taken for those of 3")
	}
	if err := os.Remove(made.path(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := content.Verify(t.Context(), made.Layout, content.Digests{Pieces: made.sums()}, 0, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func TestBadPiece_String(t *testing.T) {
	t.Parallel()
	bad := content.BadPiece{Index: 7, Parts: []content.Part{
		{Path: "/iso/a.iso", Offset: 100, Length: 28}, {Path: "/iso/b.iso", Offset: 0, Length: 1},
	}}
	if got, want := bad.String(), "piece 7: /iso/a.iso bytes 100 to 127, /iso/b.iso bytes 0 to 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// spoil changes one byte of the torrent on disk.
func (t torrent) spoil(tb testing.TB, off int64) {
	tb.Helper()
	for span := range t.Spans(off, 1) {
		path := t.path(span.File)
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		data[span.Offset]++
		write(tb, path, data)
	}
}

func TestVerify_EveryVersion(t *testing.T) {
	t.Parallel()
	for name, versions := range map[string]content.Versions{"v1": {V1: true}, "v2": {V2: true}, "hybrid": both} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Pieces 0 to 2 are of the first file, 3 is of the third, and 4 to 5 of the last.
			made := newTorrent(t, block, 40*kib, 8*kib*pad, 0, 5, (block-5)*pad, 20*kib)
			want := half(made.digests(t), versions)
			if bad, err := content.Verify(t.Context(), made.Layout, want, 0, nil); err != nil || bad != nil {
				t.Fatalf("good data: %v, %v", bad, err)
			}
			made.spoil(t, 2*block)
			made.spoil(t, 3*block)
			bad, err := content.Verify(t.Context(), made.Layout, want, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			diff := cmp.Diff([]content.BadPiece{
				{Index: 2, Parts: []content.Part{{Path: made.path(0), Offset: 2 * block, Length: 8 * kib}}},
				{Index: 3, Parts: []content.Part{{Path: made.path(3), Length: 5}}},
			}, bad)
			if diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestVerify_WithoutLayers(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, block, 40*kib, 8*kib*pad, 20*kib)
	want := made.digests(t)
	want.Layers = nil
	made.spoil(t, block)
	for name, test := range map[string]struct {
		versions content.Versions
		pieces   []int
	}{
		"V2NamesAllPiecesOfTheFile": {content.Versions{V2: true}, []int{0, 1, 2}},
		"HybridKnowsByVersion1":     {both, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad, err := content.Verify(t.Context(), made.Layout, half(want, test.versions), 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			var pieces []int
			for _, piece := range bad {
				pieces = append(pieces, piece.Index)
			}
			if diff := cmp.Diff(test.pieces, pieces); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestVerify_HalvesDisagree(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, block, 40*kib, 8*kib*pad, 5)
	for name, test := range map[string]struct {
		change func(*content.Digests)
		want   string
	}{
		"OnAPiece":     {func(d *content.Digests) { d.Pieces[20]++ }, "piece 1, " + made.path(0) + " bytes 16384 to 32767"},
		"OnASmallFile": {func(d *content.Digests) { d.Roots[2][0]++ }, "piece 3, " + made.path(2) + " bytes 0 to 4"},
		"OnAFileWithoutLayer": {func(d *content.Digests) {
			delete(d.Layers, d.Roots[0])
			d.Roots[0][0]++
		}, made.path(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := made.digests(t)
			test.change(&want)
			_, err := content.Verify(t.Context(), made.Layout, want, 0, nil)
			if !errors.Is(err, content.ErrHalvesDisagree) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want ErrHalvesDisagree and %q in it", err, test.want)
			}
		})
	}
}

func TestVerify_RefusesHashesOfAnotherLayout(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, block, 40*kib)
	for name, test := range map[string]struct {
		change func(*content.Digests)
		want   string
	}{
		"None":       {func(d *content.Digests) { *d = content.Digests{} }, "no version"},
		"Pieces":     {func(d *content.Digests) { d.Pieces = d.Pieces[20:] }, "40 bytes of hashes for 3 pieces"},
		"Roots":      {func(d *content.Digests) { d.Roots = append(d.Roots, [32]byte{}) }, "2 roots for 1 files"},
		"LayerShort": {func(d *content.Digests) { d.Layers[d.Roots[0]] = d.Layers[d.Roots[0]][32:] }, "the piece layer does not belong"},
		"LayerWrong": {func(d *content.Digests) { d.Layers[d.Roots[0]] = bytes.Repeat([]byte{1}, 96) }, "the piece layer does not belong"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := made.digests(t)
			test.change(&want)
			_, err := content.Verify(t.Context(), made.Layout, want, 0, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}
