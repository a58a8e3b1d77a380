package wire

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/message"
)

// uncounted is how much a sender sends before it puts it on the account.
const uncounted = 1 << 20

// leaving is a block on its way out.
type leaving struct {
	header []byte                          // what is left of it
	offset int64                           // in the torrent, of what is left of the data
	left   int                             // bytes of data
	room   [message.PieceHeaderLength]byte // the header's memory
}

// begin makes it a whole block.
func (l *leaving) begin(t *Torrent, b message.Block) {
	l.header = message.AppendPieceHeader(l.room[:0], b)
	l.offset, l.left = t.offset(b), int(b.Length)
}

// sendPlain sends one block, its data from the page cache to the socket. Where the file system cannot do that, it sets
// copies, and something is left. c.out is held.
func (s *sender) sendPlain() error {
	if err := s.waitable(s.plainStep); err != nil {
		return err
	}
	s.copies = errors.Is(s.fault, unix.EINVAL)
	return s.fault
}

// stepPlain moves what the socket takes now. It returns false when the socket takes no more, to be called again when it
// does.
func (s *sender) stepPlain(fd uintptr) (done bool) {
	s.fault = s.push(int(fd))
	if errors.Is(s.fault, unix.EAGAIN) {
		s.await(fd)
		return false
	}
	s.settleLarge()
	return true
}

// push sends the header, then the data. The kernel is told with the header that more comes, so that it makes one packet
// of both.
func (s *sender) push(fd int) error {
	p := &s.block
	for len(p.header) > 0 {
		n, err := unix.SendmsgN(fd, p.header, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		}
		s.pending.Overhead += int64(n)
		p.header = p.header[n:]
	}
	if p.left == 0 {
		return nil
	}
	n, err := s.data.Send(fd, p.offset, p.left)
	s.pending.Payload += int64(n)
	p.offset += int64(n)
	p.left -= n
	return err
}

// waitable calls step with the socket, again and again while that returns false, each time when the socket takes more.
func (s *sender) waitable(step func(fd uintptr) bool) error {
	err := s.conn.raw.Write(step)
	for errors.Is(err, os.ErrDeadlineExceeded) && s.conn.takes(&s.unsent) {
		s.conn.allowStall()
		err = s.conn.raw.Write(step)
	}
	if s.waited {
		s.waited = false
		_ = s.conn.socket.SetWriteDeadline(time.Time{})
	}
	if err != nil {
		return sendError(fmt.Errorf("send block: %w", err))
	}
	return nil
}

// await prepares for a wait, which may last two minutes.
func (s *sender) await(fd uintptr) {
	s.pause()
	s.waited = true
	s.unsent = unsent(fd)
	s.conn.allowStall()
	s.conn.noteFull(fd)
}

// pause keeps nothing that others may need while the sender waits.
func (s *sender) pause() {
	s.data.Pause()
	s.settle()
}

// settle puts what was sent on the account, and settleLarge does so when it is much.
func (s *sender) settle() {
	s.conn.count(s.pending)
	s.pending = Traffic{}
}

func (s *sender) settleLarge() {
	if s.pending.Payload >= uncounted {
		s.settle()
	}
}
