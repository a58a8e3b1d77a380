// Package metafile reads and makes .torrent files, the metainfo files of BEP 3 and BEP 52.
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
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// maxSize is the largest .torrent read, in bytes. At 20 bytes a piece it is room for three million pieces.
const maxSize = 64 << 20

// Metafile is what a .torrent file says: version 1 of the format, version 2 (BEP 52), or both, which is a hybrid torrent.
type Metafile struct {
	Path        string   // where it was read from; empty if it was not a file
	HasV1       bool     // there are Pieces
	HasV2       bool     // there are Roots
	InfoHash    [20]byte // version 1: SHA-1 of InfoBytes; zero without it
	InfoHashV2  [32]byte // version 2: SHA-256 of InfoBytes; zero without it
	InfoBytes   []byte   // the info dictionary as it was found
	Name        string   // of the file or of the directory; safe as an element of a path
	PieceLength int64    // bytes
	// Files are in the order of the torrent, padding included. In pure version 2 they have the padding that makes every
	// file begin at a piece, though the .torrent does not say so.
	Files  []File
	Pieces []byte     // version 1: the SHA-1 of every piece, 20 bytes each
	Roots  [][32]byte // version 2: the "pieces root" of each of Files; zero for empty ones and for padding
	// Layers are, for version 2 and by root, the hashes of the pieces of files longer than a piece, 32 bytes each. They
	// lead to the root. What the .torrent lacks or has wrong is missing here and noted in Warnings.
	Layers    map[[32]byte][]byte
	Tiers     [][]string // tracker URLs by tier (BEP 12); only those that can be announced to, each once
	Webseeds  []string   // BEP 19
	Private   bool       // BEP 27
	Source    string     // part of the info dictionary
	Comment   string
	CreatedBy string
	Created   time.Time // UTC; zero if the .torrent does not say
	Warnings  []string  // what was left out and why, a sentence each
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

// DataLength returns the size of the files on disk in bytes: without padding.
func (m *Metafile) DataLength() int64 {
	var total int64
	for _, file := range m.Files {
		if !file.Padding {
			total += file.Length
		}
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
	if err := m.readInfo(); err != nil {
		return nil, err
	}
	if m.HasV1 {
		m.InfoHash = sha1.Sum(m.InfoBytes)
	}
	if m.HasV2 {
		m.InfoHashV2 = sha256.Sum256(m.InfoBytes)
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
