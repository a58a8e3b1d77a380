package metafile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Arrange returns files in the order they have in a torrent of several, with the padding it takes between them.
//
// Version 1 alone has the byte order of whole paths, as other creators have it, and no padding. Version 2, hybrid or
// not, has the order of its file tree, and every file begins at a piece: BEP 52, "file tree". In pure version 2 nothing
// is said of the padding in the .torrent; it is where the pieces are counted from.
func Arrange(files []File, pieceLength int64, v2 bool) []File {
	sorted := slices.Clone(files)
	if !v2 {
		slices.SortStableFunc(sorted, func(a, b File) int { return cmp.Compare(a.path(), b.path()) })
		return sorted
	}
	slices.SortStableFunc(sorted, func(a, b File) int { return slices.Compare(a.Path, b.Path) })
	return pad(sorted, pieceLength)
}

// pad returns files with padding behind each that ends within a piece. The last one has it too, as libtorrent and the
// clients built on it make their torrents; a single file has none, for it could not be a single one any more.
func pad(files []File, pieceLength int64) []File {
	if len(files) == 1 {
		return files
	}
	padded := make([]File, 0, 2*len(files))
	for _, file := range files {
		padded = append(padded, file)
		if over := file.Length % pieceLength; over > 0 {
			padded = append(padded, padding(file.Path[0], pieceLength-over))
		}
	}
	return padded
}

// padding returns the entry for length bytes of padding in the torrent with this name: BEP 47.
func padding(name string, length int64) File {
	return File{Path: []string{name, ".pad", strconv.FormatInt(length, 10)}, Length: length, Padding: true}
}

// path returns the path with slashes.
func (f File) path() string { return strings.Join(f.Path, "/") }
