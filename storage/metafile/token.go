package metafile

import (
	"bytes"
	"errors"
	"fmt"
)

// integer reads an integer: i<digits>e, perhaps negative, without leading zeros.
func (s *scanner) integer() error {
	digits := s.pos + 1
	if digits < len(s.data) && s.data[digits] == '-' {
		digits++
	}
	end, err := s.digits(digits, 'e')
	if err != nil {
		return err
	}
	if s.data[digits] == '0' && s.data[digits-1] == '-' {
		return errors.New("integer is minus zero")
	}
	s.pos = end
	return nil
}

// text reads a string: its length in bytes, a colon, and the bytes.
func (s *scanner) text() ([]byte, error) {
	begin, err := s.digits(s.pos, ':')
	if err != nil {
		return nil, err
	}
	length := 0
	for _, digit := range s.data[s.pos : begin-1] {
		length = length*10 + int(digit-'0')
		if length > len(s.data)-begin {
			return nil, errors.New("string goes on after the end")
		}
	}
	s.pos = begin + length
	return s.data[begin:s.pos], nil
}

// digits checks that at pos is a decimal number of at most 64 bits that ends with the byte end, and returns the
// position after that.
func (s *scanner) digits(pos int, end byte) (int, error) {
	const longest = len("9223372036854775807")
	rest := s.data[pos:min(len(s.data), pos+longest+1)]
	length := bytes.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	switch {
	case length < 0 && len(rest) <= longest:
		return 0, errors.New("ends in the middle")
	case length < 0:
		return 0, errors.New("number is too large")
	case length == 0 || rest[length] != end:
		return 0, fmt.Errorf("unexpected byte %q", rest[length])
	case length > 1 && rest[0] == '0':
		return 0, errors.New("number begins with a zero")
	}
	return pos + length + 1, nil
}
