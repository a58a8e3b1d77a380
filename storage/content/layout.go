// Package content reads the data of torrents: it hashes and verifies them, and serves what was verified.
//
// # Read-only
//
// The data belong to a mirror. Nothing here opens a file for writing, and nothing maps one into memory, since a file
// cut short under a mapping kills the process.
//
// # Verified means unchanged
//
// Hashing says what a file held once. So with the hashes goes a Stamp of every file, its size, modification time and
// inode, and Data compares it around every read: from the moment a file is another one, its data are not given out any
// more, until somebody verifies them anew. Sending, which cannot take back what it has sent, compares before.
package content

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"sort"
)

// File is one file of a torrent.
type File struct {
	Path    string // absolute; of no meaning for padding
	Length  int64  // bytes
	Padding bool   // zeros that are on no disk (BEP 47)

	// OnDisk is the size of the file on disk in bytes, if that is not Length; 0 means that it is. A longer file is read
	// up to Length, and where a shorter one has no more bytes there are zeros. So damaged data can be verified too:
	// which of the pieces are right all the same?
	OnDisk int64
}

// size returns how many bytes the file has on disk.
func (f File) size() int64 {
	if f.OnDisk > 0 {
		return f.OnDisk
	}
	return f.Length
}

// Span is a part of one file.
type Span struct {
	File   int   // index into Layout.Files
	Offset int64 // from the beginning of the file, in bytes
	Length int64 // bytes, at least 1
}

// Layout maps the bytes of a torrent, which are those of its files one after the other, to the files. The zero value
// has no bytes.
type Layout struct {
	files       []File
	starts      []int64 // where in the torrent each file begins
	length      int64
	pieceLength int64
}

// NewLayout returns the layout of files, in the order of the torrent, cut into pieces of pieceLength bytes. It looks
// at no file.
func NewLayout(files []File, pieceLength int64) (Layout, error) {
	if pieceLength < 1 {
		return Layout{}, fmt.Errorf("piece length is %d", pieceLength)
	}
	l := Layout{files: slices.Clone(files), starts: make([]int64, len(files)), pieceLength: pieceLength}
	for i, file := range files {
		switch {
		case !file.Padding && !filepath.IsAbs(file.Path):
			return Layout{}, fmt.Errorf("path %q is not absolute", file.Path)
		case file.Length < 0 || file.Length > math.MaxInt64-l.length:
			return Layout{}, fmt.Errorf("%s: impossible length %d", file.Path, file.Length)
		}
		l.starts[i] = l.length
		l.length += file.Length
	}
	if l.length == 0 {
		return Layout{}, errors.New("no data: all files are empty")
	}
	return l, nil
}

// Length returns the size of the torrent in bytes, padding included.
func (l Layout) Length() int64 { return l.length }

// PieceLength returns the length of every piece but the last one, which may be shorter, in bytes.
func (l Layout) PieceLength() int64 { return l.pieceLength }

// Pieces returns the number of pieces.
func (l Layout) Pieces() int {
	if l.length == 0 {
		return 0
	}
	return int((l.length-1)/l.pieceLength + 1)
}

// Files returns the files in the order of the torrent.
func (l Layout) Files() []File { return slices.Clone(l.files) }

// Spans returns the parts of files that make up length bytes from offset off of the torrent, in order. What lies
// outside of the torrent yields nothing.
func (l Layout) Spans(off, length int64) iter.Seq[Span] {
	off, end := l.clip(off, length)
	return func(yield func(Span) bool) {
		at := off
		for i := l.fileAt(at); at < end; i++ {
			inFile := at - l.starts[i]
			part := min(l.files[i].Length-inFile, end-at)
			if part == 0 {
				continue // an empty file
			}
			if !yield(Span{File: i, Offset: inFile, Length: part}) {
				return
			}
			at += part
		}
	}
}

// clip returns the part of a range that lies in the torrent, as its beginning and its end.
func (l Layout) clip(off, length int64) (begin, end int64) {
	if length > 0 && off < 0 {
		off, length = 0, length+off
	}
	if length <= 0 || off >= l.length {
		return 0, 0
	}
	return off, off + min(length, l.length-off)
}

// fileAt returns the index of the file that holds the byte at off.
func (l Layout) fileAt(off int64) int {
	return sort.Search(len(l.files), func(i int) bool { return l.starts[i]+l.files[i].Length > off })
}
