package metafile

import (
	"bytes"
	"fmt"
)

// survey walks the value that data begin with as checkBencoding does, but goes on where that refuses and the value can
// be read all the same: it returns the length of the value in bytes and what is odd about it. The error names the
// offset at which nothing can be read any more.
func survey(data []byte) (length int, odd []Lint, err error) {
	s := surveyor{scanner: scanner{data: data}}
	for {
		if err := s.step(); err != nil {
			return 0, nil, fmt.Errorf("offset %d: %w", s.pos, err)
		}
		if len(s.open) == 0 {
			break
		}
	}
	if s.pos < len(data) {
		s.note("trailing-bytes", "the torrent ends at offset %d, and the file at %d", s.pos, len(data))
	}
	return s.pos, s.odd, nil
}

// surveyor is a scanner that notes what a scanner refuses.
type surveyor struct {
	scanner
	odd      []Lint
	unsorted []bool // of each open container: whether that was noted
}

// step goes one step on, as next does.
func (s *surveyor) step() error {
	in := s.innermost()
	if in == nil || !in.dictionary || in.inValue {
		return s.value()
	}
	offset := s.pos
	if s.pos < len(s.data) && s.data[s.pos] == 'e' {
		if key := repeated(in.keys); key != nil {
			s.note("duplicate-key", "key %.64q is twice in the dictionary that ends at offset %d: clients differ in which one counts",
				key, s.pos)
		}
		in.keys = nil // or leave would refuse what was noted
		return s.value()
	}
	if err := s.next(); err != nil {
		return err
	}
	s.checkOrder(in.keys, offset)
	return nil
}

// value reads what is no key, and keeps unsorted as long as open.
func (s *surveyor) value() error {
	err := s.next()
	switch depth := len(s.open); {
	case depth > len(s.unsorted):
		s.unsorted = append(s.unsorted, false)
	default:
		s.unsorted = s.unsorted[:depth]
	}
	return err
}

// checkOrder notes, once for a dictionary, that its last key should stand before the one before it.
func (s *surveyor) checkOrder(keys [][]byte, offset int) {
	noted := &s.unsorted[len(s.unsorted)-1]
	if len(keys) < 2 || *noted {
		return
	}
	before, key := keys[len(keys)-2], keys[len(keys)-1]
	if bytes.Compare(before, key) > 0 {
		*noted = true
		s.note("unsorted-keys", "keys are not sorted: %.64q at offset %d stands behind %.64q", key, offset, before)
	}
}

// note adds a lint. A file with very many is no better described by all of them.
func (s *surveyor) note(code, format string, args ...any) {
	if len(s.odd) < maxWarnings {
		s.odd = append(s.odd, lint(code, format, args...))
	}
}
