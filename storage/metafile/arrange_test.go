package metafile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// listed returns files in the torrent "d", of 10 bytes each unless the path ends in "empty".
func listed(paths ...string) []metafile.File {
	var files []metafile.File
	for _, path := range paths {
		file := metafile.File{Path: append([]string{"d"}, strings.Split(path, "/")...), Length: 10}
		if strings.HasSuffix(path, "empty") {
			file.Length = 0
		}
		files = append(files, file)
	}
	return files
}

func padded(length int64, name string) metafile.File {
	return metafile.File{Path: []string{"d", ".pad", name}, Length: length, Padding: true}
}

func TestArrange(t *testing.T) {
	t.Parallel()
	files := listed("b", "sub/x", "sub-y", "a", "empty", "B")
	t.Run("V1ByWholePath", func(t *testing.T) {
		t.Parallel()
		want := listed("B", "a", "b", "empty", "sub-y", "sub/x")
		if diff := cmp.Diff(want, metafile.Arrange(files, 16, false)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("V2ByElementWithPadding", func(t *testing.T) {
		t.Parallel()
		var want []metafile.File
		for _, file := range listed("B", "a", "b", "empty", "sub/x", "sub-y") {
			want = append(want, file)
			if file.Length > 0 {
				want = append(want, padded(6, "6"))
			}
		}
		if diff := cmp.Diff(want, metafile.Arrange(files, 16, true)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("WholePiecesAreNotPadded", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(listed("a", "b"), metafile.Arrange(listed("b", "a"), 5, true)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("SingleFileIsNotPadded", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(listed("a"), metafile.Arrange(listed("a"), 16, true)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
