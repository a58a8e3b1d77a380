package load

import (
	"encoding/binary"
	"fmt"

	"sixseed/seeder/wire/message"
)

const (
	prefix     = 4        // bytes of a message's length, which does not count itself
	maxMessage = 1 << 20  // bytes; the longest thing that a seeder has to say is a bitfield, and far below
	maxLooked  = 16 << 10 // bytes of a message that is looked at
)

// stream cuts what a seeder sends into messages. Of most it sees the id alone, of blocks all but the data: what is not
// looked at is passed over wherever it lies.
type stream struct {
	partial []byte // a message's beginning, until as much of it has come as is looked at
	rest    int    // bytes of the current message that are still to come, and are passed over
}

// feed takes what came. It calls take with what is looked at of each message, and pass with what is not, in parts. What
// they are given is valid until they return.
func (s *stream) feed(b []byte, take, pass func([]byte) error) error {
	for len(b) > 0 {
		var n int
		var err error
		switch {
		case s.rest > 0:
			n = min(s.rest, len(b))
			s.rest -= n
			err = pass(b[:n])
		case len(s.partial) > 0 || len(b) < looked(b):
			n, err = s.collect(b, take)
		default:
			n = looked(b)
			err = s.take(b[:n], take)
		}
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// collect puts a message together that did not come at once, and returns how many bytes of b it took.
func (s *stream) collect(b []byte, take func([]byte) error) (int, error) {
	n := min(looked(s.partial)-len(s.partial), len(b))
	s.partial = append(s.partial, b[:n]...)
	if len(s.partial) < looked(s.partial) {
		return n, nil
	}
	part := s.partial
	s.partial = s.partial[:0]
	return n, s.take(part, take)
}

func (s *stream) take(part []byte, take func([]byte) error) error {
	length := binary.BigEndian.Uint32(part)
	if length > maxMessage {
		return fmt.Errorf("a message of %d bytes", length)
	}
	s.rest = prefix + int(length) - len(part)
	return take(part)
}

// looked is how many bytes of a message are looked at, or, where b is too short to tell, have to be known to tell.
func looked(b []byte) int {
	if len(b) < prefix {
		return prefix
	}
	length := int(binary.BigEndian.Uint32(b))
	switch {
	case length == 0 || length > maxMessage:
		return prefix
	case len(b) == prefix:
		return prefix + 1
	}
	switch id := message.ID(b[prefix]); {
	case id == message.Piece:
		return min(message.PieceHeaderLength, prefix+length)
	case id == message.Extended && length <= maxLooked:
		return prefix + length
	}
	return prefix + 1
}
