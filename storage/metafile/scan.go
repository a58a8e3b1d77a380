package metafile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Limits on what the decoder is given. It recurses once per level and takes many bytes of memory for every value, so
// without them a small hostile file could exhaust the stack or the memory. Real torrents nest five levels deep, and
// take a dozen values a file.
const (
	maxDepth  = 64
	maxValues = 4 << 20
)

// scanner walks bencoded data (BEP 3, "bencoding") once from front to back, without recursion.
type scanner struct {
	data   []byte
	pos    int
	open   []container // the dictionaries and lists that pos is in, innermost last
	values int
}

// container is a dictionary or list whose end has not been read yet.
type container struct {
	dictionary bool
	inValue    bool     // of a dictionary: a key was read, and its value not yet
	keys       [][]byte // of a dictionary
}

// checkBencoding returns nil if data are exactly one well-formed value in which no dictionary has a key twice.
// Dictionaries may be unsorted: such torrents exist, and their info-hash is that of the bytes as they are.
func checkBencoding(data []byte) error {
	s := scanner{data: data}
	for {
		if err := s.next(); err != nil {
			return fmt.Errorf("offset %d: %w", s.pos, err)
		}
		if len(s.open) == 0 {
			break
		}
	}
	if extra := len(data) - s.pos; extra > 0 {
		return fmt.Errorf("offset %d: %d bytes after the end", s.pos, extra)
	}
	return nil
}

// next reads one string, one integer, or the beginning or end of a dictionary or list.
func (s *scanner) next() error {
	if s.pos == len(s.data) {
		return errors.New("ends in the middle")
	}
	first := s.data[s.pos]
	if first == 'e' {
		return s.leave()
	}
	if s.values++; s.values > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	if in := s.innermost(); in != nil && in.dictionary {
		if !in.inValue {
			return s.key(in)
		}
		in.inValue = false
	}
	switch first {
	case 'd', 'l':
		return s.enter(first == 'd')
	case 'i':
		return s.integer()
	default:
		_, err := s.text()
		return err
	}
}

func (s *scanner) innermost() *container {
	if len(s.open) == 0 {
		return nil
	}
	return &s.open[len(s.open)-1]
}

func (s *scanner) enter(dictionary bool) error {
	if len(s.open) == maxDepth {
		return fmt.Errorf("more than %d levels deep", maxDepth)
	}
	s.open = append(s.open, container{dictionary: dictionary})
	s.pos++
	return nil
}

func (s *scanner) leave() error {
	in := s.innermost()
	if in == nil {
		return errors.New("an end without a beginning")
	}
	if in.inValue {
		return fmt.Errorf("key %.64q has no value", in.keys[len(in.keys)-1])
	}
	if key := repeated(in.keys); key != nil {
		return fmt.Errorf("key %.64q appears twice", key)
	}
	s.open = s.open[:len(s.open)-1]
	s.pos++
	return nil
}

func (s *scanner) key(in *container) error {
	key, err := s.text()
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	in.keys = append(in.keys, key)
	in.inValue = true
	return nil
}

// repeated returns a key that keys hold twice, or nil.
func repeated(keys [][]byte) []byte {
	if !slices.IsSortedFunc(keys, bytes.Compare) {
		slices.SortFunc(keys, bytes.Compare)
	}
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i-1], keys[i]) {
			return keys[i]
		}
	}
	return nil
}
