package mse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// inbox is what a side of the handshake reads.
//
// Its buffer takes all that may come, so nothing in it is ever moved. Reads ask for as much as fits, so that a message
// is commonly one system call; what of the stream comes along that way becomes the stream's head.
type inbox struct {
	head       []byte // read before the handshake began; comes before what peer reads
	peer       io.Reader
	buffer     [maxHandshake]byte
	begin, end int // the part of buffer that was read and not yet taken
}

// Read reads the head, then from the peer.
func (in *inbox) Read(b []byte) (int, error) {
	if len(in.head) == 0 {
		return in.peer.Read(b)
	}
	n := copy(b, in.head)
	in.head = in.head[n:]
	return n, nil
}

// buffered is what was read and not taken.
func (in *inbox) buffered() []byte { return in.buffer[in.begin:in.end] }

// want reads until n bytes are buffered.
func (in *inbox) want(n int) error {
	missing := n - len(in.buffered())
	if missing <= 0 {
		return nil
	}
	read, err := io.ReadAtLeast(in, in.buffer[in.end:], missing)
	in.end += read
	return unexpected(err)
}

// take returns the next n bytes, which the caller may write to.
func (in *inbox) take(n int) ([]byte, error) {
	if err := in.want(n); err != nil {
		return nil, err
	}
	b := in.buffered()[:n]
	in.begin += n
	return b, nil
}

// fill reads all of b, which may be longer than the buffer.
func (in *inbox) fill(b []byte) error {
	n := copy(b, in.buffered())
	in.begin += n
	_, err := io.ReadFull(in, b[n:])
	return unexpected(err)
}

// synchronize takes a padding of unknown length, and the mark behind it.
func (in *inbox) synchronize(mark []byte) error {
	longest := maxPad + len(mark)
	for n := len(mark); n <= longest; n = len(in.buffered()) + 1 {
		if err := in.want(n); err != nil {
			return fmt.Errorf("look for the end of the padding: %w", err)
		}
		b := in.buffered()
		if at := bytes.Index(b[:min(len(b), longest)], mark); at >= 0 {
			in.begin += at + len(mark)
			return nil
		}
	}
	return fmt.Errorf("look for the end of the padding: not within %d bytes", longest)
}

// rest returns what was read and not taken, appended to b.
func (in *inbox) rest(b []byte) []byte { return append(append(b, in.buffered()...), in.head...) }

// unexpected calls an end of the stream what it is in the middle of a handshake.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
