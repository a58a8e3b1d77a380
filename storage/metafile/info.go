package metafile

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/anacrolix/torrent/bencode"
)

// maxPieceLength is the largest piece accepted, in bytes, and the largest that creators offer. A leech holds whole
// pieces in memory until it can check them. There is no smallest one: the protocol has none, and the size of the
// .torrent already bounds the number of pieces.
const maxPieceLength = 256 << 20

// dictionary is a decoded bencoded dictionary whose values are not decoded yet.
type dictionary map[string]bencode.Bytes

func decodeDictionary(data []byte) (dictionary, error) {
	// The decoder takes a list of one dictionary for a dictionary.
	if len(data) == 0 || data[0] != 'd' {
		return nil, errors.New("not a dictionary")
	}
	var d dictionary
	if err := bencode.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	return d, nil
}

// decode decodes the value of key into place, which stays as it is if there is no such key.
func (d dictionary) decode(key string, place any) error {
	raw, ok := d[key]
	if !ok {
		return nil
	}
	if err := bencode.Unmarshal(raw, place); err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	return nil
}

// need is decode for a key that must be there.
func (d dictionary) need(key string, place any) error {
	if _, ok := d[key]; !ok {
		return fmt.Errorf("no key %q", key)
	}
	return d.decode(key, place)
}

// readInfo fills in what the info dictionary says.
func (m *Metafile) readInfo() error {
	info, err := decodeDictionary(m.InfoBytes)
	if err != nil {
		return fmt.Errorf(`key "info": %w`, err)
	}
	if err := info.need("name", &m.Name); err != nil {
		return fmt.Errorf("info: %w", err)
	}
	if err := checkElement(m.Name); err != nil {
		return fmt.Errorf("info: name: %w", err)
	}
	if err := m.readContent(info); err != nil {
		return fmt.Errorf("info: %w", err)
	}
	return nil
}

// readContent reads what the data are: the files, and the pieces they are cut into.
func (m *Metafile) readContent(info dictionary) error {
	if err := info.need("piece length", &m.PieceLength); err != nil {
		return err
	}
	if err := m.readVersions(info); err != nil {
		return err
	}
	var private int64
	if err := info.decode("private", &private); err != nil {
		return err
	}
	m.Private = private == 1 // BEP 27
	if err := info.decode("source", &m.Source); err != nil {
		m.warn("info: %v", err)
	}
	if m.HasV1 {
		if err := m.readFiles(info); err != nil {
			return err
		}
	}
	if m.HasV2 {
		if err := m.readFileTree(info); err != nil {
			return err
		}
	}
	if err := checkConflicts(m.Files); err != nil {
		return err
	}
	return m.checkPieces()
}

// readVersions finds out which versions of the format there are: BEP 52, "upgrade path". A version that is not known is
// left out, unless there is no other.
func (m *Metafile) readVersions(info dictionary) error {
	var version int64
	if err := info.decode("meta version", &version); err != nil {
		return err
	}
	_, m.HasV1 = info["pieces"]
	_, tree := info["file tree"]
	m.HasV2 = tree && version == 2
	switch {
	case m.HasV1:
		if (tree || version > 1) && !m.HasV2 {
			m.warn(`info: only version 1 is read: "file tree" and "meta version" 2 do not go together`)
		}
		return info.decode("pieces", &m.Pieces)
	case m.HasV2:
		return nil
	case version > 2:
		return fmt.Errorf("meta version %d is not known", version)
	}
	return errors.New(`no key "pieces"`)
}

// checkPieces checks that the pieces of version 1 are those of data as long as the files say.
func (m *Metafile) checkPieces() error {
	if m.PieceLength < 1 || m.PieceLength > maxPieceLength {
		return fmt.Errorf("piece length %d is not between 1 and %d", m.PieceLength, maxPieceLength)
	}
	var total int64
	for _, file := range m.Files {
		if file.Length < 0 {
			return fmt.Errorf("file %q has the length %d", strings.Join(file.Path, "/"), file.Length)
		}
		if file.Length > math.MaxInt64-total {
			return errors.New("the files are longer than 64 bits can say")
		}
		total += file.Length
	}
	if total == 0 {
		return errors.New("no data: all files are empty")
	}
	if !m.HasV1 {
		return nil
	}
	want := (total-1)/m.PieceLength + 1
	if len(m.Pieces)%20 != 0 || int64(len(m.Pieces)/20) != want {
		return fmt.Errorf("%d bytes of piece hashes: %d bytes in pieces of %d take %d hashes of 20 bytes",
			len(m.Pieces), total, m.PieceLength, want)
	}
	return nil
}
