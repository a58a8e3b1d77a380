package wire

import (
	"errors"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/message"
)

// How many blocks go to a socket at once, if as many wait. On loopback six cost half the processor time of one by one,
// and nine hardly less than six. Where TCP paces what it sends (BBR), no more than one of its packets should come at
// a time, which holds three: with 8 connections six cost as much there as one by one, and three a quarter less.
const (
	bundleSize      = 6
	pacedBundleSize = 3
)

// bundle is blocks on their way through a pipe.
type bundle struct {
	blocks []message.Block
	next   int     // of blocks: the one to be put into the pipe, or that is half in it
	part   leaving // of that one, what is not in the pipe
	sent   int     // bytes that the socket has taken
	fault  error
}

// begin prepares the next block for the pipe.
func (b *bundle) begin(t *Torrent) {
	if b.next < len(b.blocks) {
		b.part.begin(t, b.blocks[b.next])
	}
}

// sendBundle sends several blocks. Where the file system cannot do that, it sets copies, and returns the blocks that are
// left; of the first one part is. c.out is held.
func (s *sender) sendBundle(blocks []message.Block) (left []message.Block, err error) {
	s.bundle = bundle{blocks: blocks}
	s.bundle.begin(s.conn.torrent)
	if err := s.waitable(s.bundleStep); err != nil {
		return nil, err
	}
	return blocks[s.bundle.next:], s.bundle.fault
}

// stepBundle fills the pipe and empties it into the socket, until all is gone. It returns false when the socket takes no
// more, to be called again when it does.
func (s *sender) stepBundle(fd uintptr) (done bool) {
	for {
		full := s.fill()
		switch {
		case errors.Is(full, unix.EINVAL):
			s.copies, full = true, nil
		case full != nil && !errors.Is(full, unix.EAGAIN):
			s.bundle.fault = full
			return true
		}
		moved, err := s.pipe.drain(int(fd))
		s.note(moved)
		switch {
		case errors.Is(err, unix.EAGAIN):
			s.await(fd)
			return false
		case err != nil:
			s.bundle.fault = err
			return true
		case full == nil:
			s.settleLarge()
			return true
		}
	}
}

// fill puts as much of the bundle into the pipe as it takes. The error is unix.EAGAIN when there is more.
func (s *sender) fill() error {
	for b := &s.bundle; b.next < len(b.blocks); {
		p := &b.part
		if len(p.header) > 0 {
			n, err := s.pipe.write(p.header)
			if p.header = p.header[n:]; err != nil {
				return err
			}
			continue
		}
		n, err := s.data.Send(s.pipe.in, p.offset, p.left)
		s.pipe.held += n
		p.offset += int64(n)
		if p.left -= n; err != nil {
			return diskError(err) // a pipe has no faults
		}
		b.next++
		b.begin(s.conn.torrent)
	}
	return nil
}

// note counts bytes of the bundle that the socket has taken: headers and data by turns.
func (s *sender) note(moved int) {
	before := s.bundle.split(s.bundle.sent)
	s.bundle.sent += moved
	s.pending = s.pending.Plus(s.bundle.split(s.bundle.sent)).Minus(before)
}

// split tells data from headers in the first bytes of a bundle.
func (b *bundle) split(bytes int) (t Traffic) {
	left := int64(bytes)
	for _, block := range b.blocks {
		header := min(left, message.PieceHeaderLength)
		data := min(left-header, int64(block.Length))
		t = t.Plus(Traffic{Payload: data, Overhead: header})
		left -= header + data
	}
	return t
}
