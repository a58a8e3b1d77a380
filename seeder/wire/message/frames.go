package message

import (
	"encoding/binary"
	"fmt"
)

// Frames cuts a stream into frames. It begins after the handshake, at the head of a frame.
//
// A frame that arrives whole is handed out where it lies. Only one that is split between two portions is copied, into
// memory that grows with what has arrived, not with what a length prefix promises, and that is let go with the frame.
// Requests fit into room of its own, so a stream of them costs no allocation. Frames must not be copied once in use.
type Frames struct {
	part []byte // of the frame that is under way; empty between frames
	size int    // of that frame with its prefix; 0: not known yet
	room [32]byte
}

// TooLongError says that a peer began a message longer than its kind may be.
type TooLongError struct {
	ID     ID
	Length uint32 // id and body
	Limit  int
}

// Error names the message and both lengths.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("%v of %d bytes, more than %d", e.ID, e.Length, e.Limit)
}

// UnexpectedError says that a peer began a message of a kind that is not taken from it.
type UnexpectedError struct {
	ID ID
}

// Error names the message.
func (e *UnexpectedError) Error() string { return fmt.Sprintf("unexpected %v", e.ID) }

// Feed takes the stream's next portion, which may begin and end anywhere, and calls handle with every frame that is
// complete now, in order. A frame is valid until handle returns.
//
// Before Feed takes the body of a message it asks limit for the greatest length (id and body, as in the length prefix)
// that a message of its kind may have; a negative answer means that the kind is not taken at all. What is longer is
// a *[TooLongError], what is not taken an *[UnexpectedError]; handle's error is returned as it is. After any error the
// stream is out of step and must not be fed again.
func (f *Frames) Feed(b []byte, limit func(ID) int, handle func(Frame) error) error {
	for len(b) > 0 {
		frame, rest, err := f.next(b, limit)
		if err != nil {
			return err
		}
		if frame != nil {
			err = handle(frame)
		}
		if err != nil {
			return err
		}
		b = rest
	}
	return nil
}

// next cuts the next frame off b, or keeps what is there of it and returns none.
func (f *Frames) next(b []byte, limit func(ID) int) (frame Frame, rest []byte, err error) {
	if len(f.part) > 0 {
		return f.resume(b, limit)
	}
	size, err := measure(b, limit)
	if err != nil {
		return nil, nil, err
	}
	if size == 0 || size > len(b) {
		f.part, f.size = append(f.room[:0], b...), size
		return nil, nil, nil
	}
	return b[:size:size], b[size:], nil
}

// resume goes on with the frame under way. Until its size is known it takes one byte at a time, so as not to take what
// belongs to the next frame.
func (f *Frames) resume(b []byte, limit func(ID) int) (frame Frame, rest []byte, err error) {
	lacking := 1
	if f.size > 0 {
		lacking = f.size - len(f.part)
	}
	n := min(lacking, len(b))
	f.part = append(f.part, b[:n]...)
	if f.size == 0 {
		f.size, err = measure(f.part, limit)
	}
	if err == nil && len(f.part) == f.size {
		frame = f.part
		f.part, f.size = nil, 0
	}
	return frame, b[n:], err
}

// measure returns the size, prefix included, of the frame that b begins with, or 0 while too little of it is there to
// tell whether it is taken.
func measure(b []byte, limit func(ID) int) (int, error) {
	if len(b) < prefixLength {
		return 0, nil
	}
	length := binary.BigEndian.Uint32(b)
	if length == 0 {
		return prefixLength, nil
	}
	if len(b) < headerLength {
		return 0, nil
	}
	id := ID(b[prefixLength])
	switch longest := limit(id); {
	case longest < 0:
		return 0, &UnexpectedError{id}
	case int64(length) > int64(longest):
		return 0, &TooLongError{id, length, longest}
	}
	return prefixLength + int(length), nil
}
