// Package metafile reads and makes .torrent files, the metainfo files of BEP 3.
//
// A .torrent comes from somebody else, so reading one is strict: what it says is checked before anything acts on it,
// and a path in it cannot lead out of the directory its data are in. What does not touch the data is treated kindly:
// a tracker URL nobody could announce to is left out and noted in Metafile.Warnings, and the rest goes on.
//
// The info dictionary is kept byte for byte. Its hash is the torrent's identity, and decoding and encoding it again
// would lose the keys this program does not know.
package metafile

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// maxSize is the largest .torrent read, in bytes. At 20 bytes a piece it is room for three million pieces.
const maxSize = 64 << 20

// Metafile is what a .torrent file says. Version 1 of the format is read, and of hybrid torrents (BEP 52) the half
// that is version 1.
type Metafile struct {
	Path        string     // where it was read from; empty if it was not a file
	InfoHash    [20]byte   // SHA-1 of InfoBytes
	InfoBytes   []byte     // the info dictionary as it was found
	Name        string     // of the file or of the directory; safe as an element of a path
	PieceLength int64      // bytes
	Pieces      []byte     // the SHA-1 of every piece, 20 bytes each
	Files       []File     // in the order of the torrent, padding included
	Tiers       [][]string // tracker URLs by tier (BEP 12); only those that can be announced to, each once
	Webseeds    []string   // BEP 19
	Private     bool       // BEP 27
	CreatedBy   string
	Warnings    []string // what was left out and why, a sentence each
}

// File is one file of a torrent.
type File struct {
	Path    []string // from where the data are: the torrent's name, then, with several files, directories and file name
	Length  int64    // bytes
	Padding bool     // zeros that fill up a piece (BEP 47); there is no such file on disk
}

// Length returns the size of all files in bytes, padding included.
func (m *Metafile) Length() int64 {
	var total int64
	for _, file := range m.Files {
		total += file.Length
	}
	return total
}

// Load reads the .torrent file at path. The error names the file and, where there is one, the key or the offset.
func Load(path string) (*Metafile, error) {
	data, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read torrent: %w", err)
	}
	m, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read torrent: %s: %w", path, err)
	}
	m.Path = path
	return m, nil
}

// Parse reads the contents of a .torrent file. The error says what is wrong with them.
func Parse(data []byte) (*Metafile, error) {
	if len(data) > maxSize {
		return nil, tooLarge()
	}
	if err := checkBencoding(data); err != nil {
		return nil, fmt.Errorf("not a torrent: %w", err)
	}
	outer, err := decodeDictionary(data)
	if err != nil {
		return nil, fmt.Errorf("not a torrent: %w", err)
	}
	m := &Metafile{InfoBytes: outer["info"]}
	if m.InfoBytes == nil {
		return nil, errors.New(`not a torrent: no key "info"`)
	}
	m.InfoHash = sha1.Sum(m.InfoBytes)
	if err := m.readInfo(); err != nil {
		return nil, err
	}
	m.readOuter(outer)
	return m, nil
}

// maxWarnings bounds what a hostile file can fill the log with.
const maxWarnings = 20

// warn notes that something was left out.
func (m *Metafile) warn(format string, args ...any) {
	switch {
	case len(m.Warnings) < maxWarnings:
		m.Warnings = append(m.Warnings, fmt.Sprintf(format, args...))
	case len(m.Warnings) == maxWarnings:
		m.Warnings = append(m.Warnings, "and more of that kind")
	}
}

// read returns the contents of a regular file of at most maxSize bytes.
func read(path string) ([]byte, error) {
	// Without O_NONBLOCK opening a named pipe would wait for somebody to write to it.
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read from
	stat, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !stat.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	case stat.Size() > maxSize:
		return nil, fmt.Errorf("%s: %w", path, tooLarge())
	}
	return io.ReadAll(io.LimitReader(file, maxSize+1)) // Parse counts again: the file may be growing
}

func tooLarge() error {
	return fmt.Errorf("larger than %d MiB", maxSize>>20)
}
