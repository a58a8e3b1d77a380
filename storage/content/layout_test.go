package content_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
)

func TestNewLayout_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files       []content.File
		pieceLength int64
		want        string
	}{
		"PieceLengthZero": {[]content.File{{Path: "/a", Length: 1}}, 0, "piece length is 0"},
		"RelativePath":    {[]content.File{{Path: "a", Length: 1}}, 1, `path "a" is not absolute`},
		"NegativeLength":  {[]content.File{{Path: "/a", Length: -1}}, 1, "/a: impossible length -1"},
		"Overflow":        {[]content.File{{Path: "/a", Length: math.MaxInt64}, {Path: "/b", Length: 1}}, 1, "/b: impossible length 1"},
		"NoFiles":         {nil, 1, "no data"},
		"EmptyFiles":      {[]content.File{{Path: "/a"}}, 1, "no data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := content.NewLayout(test.files, test.pieceLength)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestLayout_Sizes(t *testing.T) {
	t.Parallel()
	for length, want := range map[int64]int{1: 1, 15: 1, 16: 1, 17: 2, 32: 2, 33: 3} {
		layout, err := content.NewLayout([]content.File{{Path: "/a", Length: length}}, 16)
		if err != nil || layout.Pieces() != want || layout.Length() != length || layout.PieceLength() != 16 {
			t.Errorf("%d bytes are %d pieces, want %d (%v)", length, layout.Pieces(), want, err)
		}
	}
	if zero := (content.Layout{}); zero.Pieces() != 0 || zero.Length() != 0 {
		t.Errorf("the zero layout has %d pieces", zero.Pieces())
	}
}

func TestLayout_Spans(t *testing.T) {
	t.Parallel()
	files := []content.File{{Path: "/empty"}, {Path: "/a", Length: 10}, {Path: "/empty"}, {Length: 6, Padding: true}, {Path: "/b", Length: 4}}
	layout, err := content.NewLayout(files, 16)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		off, length int64
		want        []content.Span
	}{
		"InOneFile":     {2, 3, []content.Span{{File: 1, Offset: 2, Length: 3}}},
		"ToTheEnd":      {8, 2, []content.Span{{File: 1, Offset: 8, Length: 2}}},
		"FromTheStart":  {10, 1, []content.Span{{File: 3, Offset: 0, Length: 1}}},
		"OverFiles":     {9, 8, []content.Span{{File: 1, Offset: 9, Length: 1}, {File: 3, Length: 6}, {File: 4, Length: 1}}},
		"BeyondTheEnd":  {18, 100, []content.Span{{File: 4, Offset: 2, Length: 2}}},
		"LongestLength": {19, math.MaxInt64, []content.Span{{File: 4, Offset: 3, Length: 1}}},
		"BeforeStart":   {-3, 5, []content.Span{{File: 1, Length: 2}}},
		"AllBefore":     {-3, 3, nil},
		"AllBehind":     {20, 1, nil},
		"Nothing":       {3, 0, nil},
		"Negative":      {3, -1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := slices.Collect(layout.Spans(test.off, test.length))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// FuzzSpans checks that the spans of a range are the range, in order and without gaps.
func FuzzSpans(f *testing.F) {
	f.Add([]byte{10, 0, 6, 0, 4}, int64(9), int64(8))
	f.Add([]byte{0, 1, 255}, int64(-5), int64(math.MaxInt64))
	f.Add([]byte{1}, int64(math.MaxInt64), int64(1))
	f.Add([]byte{7, 7, 7}, int64(math.MinInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, lengths []byte, off, length int64) {
		var files []content.File
		for _, length := range lengths {
			files = append(files, content.File{Path: "/a", Length: int64(length)})
		}
		layout, err := content.NewLayout(files, 16)
		if err != nil {
			return
		}
		var want, got []content.Span
		at := int64(0)
		for i, file := range files {
			for inFile := range file.Length {
				if length > 0 && at >= off && at-max(off, 0) < length+min(off, 0) {
					want = append(want, content.Span{File: i, Offset: inFile, Length: 1})
				}
				at++
			}
		}
		for span := range layout.Spans(off, length) {
			if span.Length < 1 {
				t.Errorf("span %+v", span)
			}
			for i := range span.Length {
				got = append(got, content.Span{File: span.File, Offset: span.Offset + i, Length: 1})
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("bytes -want +got:\n%s", diff)
		}
	})
}
