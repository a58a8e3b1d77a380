package wire

import (
	"errors"
	"io/fs"
	"math"
	"sync"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/message"
	"sixseed/storage/content"
)

// chunkLength is how much is copied at a time: a block as everybody asks for it, and its header.
const chunkLength = 16<<10 + message.PieceHeaderLength

// chunks are the buffers for that.
var chunks = sync.Pool{New: func() any { return new([chunkLength]byte) }}

// sender sends what a connection's upload side has to send, until there is no more. It is the goroutine that start
// asks for; another one takes over the next time.
type sender struct {
	conn    *Conn
	data    *content.Sending
	credit  int64   // bytes that may be sent
	pending Traffic // sent, and not on the account yet

	room   [bundleSize]message.Block // the memory of what is next
	block  leaving                   // one that goes by itself
	fault  error                     // why that did not work
	bundle bundle                    // several that go together
	pipe   *pipe                     // which way; nil: none yet, or there are too many
	waited bool                      // for the socket; a deadline is set
	unsent int                       // bytes that the peer had not taken then
	copies bool                      // because there is no sendfile for the file system, or the socket

	plainStep, bundleStep func(fd uintptr) (done bool)
}

// send runs a sender. A connection that cannot be sent to is closed.
func (c *Conn) send() {
	defer c.endpoint.senders.Done()
	s := &sender{conn: c, data: c.torrent.Data.Sending(), copies: c.raw == nil}
	s.plainStep, s.bundleStep = s.stepPlain, s.stepBundle
	err := s.run()
	s.pause()
	c.endpoint.pipes.give(s.pipe)
	_ = c.fail(err)
}

func (s *sender) run() error {
	share := s.conn.share
	if share == nil {
		s.credit = math.MaxInt64
	} else {
		defer func() { share.Return(s.credit) }()
	}
	room := s.room[:0:s.conn.endpoint.bundleSize()]
	var control []byte
	for {
		w, ok := s.conn.upload.next(s.credit, room, control)
		if !ok {
			return nil
		}
		control = w.control
		switch {
		case len(control) > 0:
			if err := s.conn.sendControl(control); err != nil {
				return err
			}
		case w.wanted > 0:
			s.pause()
			s.conn.atGate.Store(true)
			s.credit += share.Take(s.conn.upload.interrupted, w.wanted)
			s.conn.atGate.Store(false)
		default:
			if err := s.sendBlocks(w); err != nil {
				return err
			}
		}
	}
}

// sendBlocks sends piece messages.
func (s *sender) sendBlocks(w work) error {
	if w.ahead > 0 {
		s.data.WillSend(s.conn.torrent.offset(w.blocks[0]), w.ahead)
	}
	for _, b := range w.blocks {
		s.credit -= int64(b.Length)
	}
	s.conn.out.Lock()
	defer s.conn.out.Unlock()
	err := s.sendTogether(w.blocks)
	switch {
	case errors.Is(err, content.ErrChanged):
		s.conn.torrent.Changed()
		return because(ReasonChanged, err)
	case errors.Is(err, fs.ErrClosed):
		return because(ReasonClosed, err)
	default:
		return err
	}
}

// sendTogether sends blocks through a pipe if there are several and that is possible.
func (s *sender) sendTogether(blocks []message.Block) error {
	if len(blocks) > 1 && s.takePipe() {
		left, err := s.sendBundle(blocks)
		if err != nil || len(left) == 0 {
			return err
		}
		s.block, blocks = s.bundle.part, left[1:]
		if err := s.sendCopied(); err != nil {
			return err
		}
	}
	for _, b := range blocks {
		s.block.begin(s.conn.torrent, b)
		if err := s.sendAlone(); err != nil {
			return err
		}
	}
	return nil
}

// takePipe makes sure of a pipe, if one can be of use and had.
func (s *sender) takePipe() bool {
	if s.copies || s.conn.stream.encrypted() {
		return false
	}
	if s.pipe == nil {
		s.pipe = s.conn.endpoint.pipes.take()
	}
	return s.pipe != nil
}

// sendAlone sends one block.
func (s *sender) sendAlone() error {
	if s.copies || s.conn.stream.encrypted() {
		return s.sendCopied()
	}
	if err := s.sendPlain(); err != nil && !s.copies {
		return err
	}
	return s.sendCopied() // what is left, if the file system has no sendfile
}

// diskError gives an error of reading data its reason, unless it is of another kind.
func diskError(err error) error {
	for _, other := range []error{content.ErrChanged, fs.ErrClosed, unix.EAGAIN, unix.EINVAL} {
		if errors.Is(err, other) {
			return err
		}
	}
	return because(ReasonDisk, err)
}

// startSender has a sender run. It is called when there is something to send and no sender.
func (c *Conn) startSender() {
	c.endpoint.senders.Add(1)
	go c.send()
}

// sendControl sends messages that are not blocks.
func (c *Conn) sendControl(b []byte) error {
	c.out.Lock()
	defer c.out.Unlock()
	n, err := c.writePlain(b)
	c.count(Traffic{Overhead: int64(n)})
	return err
}

// sendCopied sends what is left of a block through a buffer: RC4 has to see every byte, and some file systems know no
// other way.
func (s *sender) sendCopied() error {
	if s.block.left == 0 {
		return nil
	}
	buffer := chunks.Get().(*[chunkLength]byte)
	defer chunks.Put(buffer)
	for p := &s.block; p.left > 0; {
		header := copy(buffer[:], p.header)
		data := buffer[header:][:min(p.left, len(buffer)-header)]
		if _, err := s.conn.torrent.Data.ReadAt(data, p.offset); err != nil {
			return diskError(err)
		}
		n, err := s.conn.writePlain(buffer[:header+len(data)])
		overhead := min(n, header)
		s.conn.count(Traffic{Payload: int64(n - overhead), Overhead: int64(overhead)})
		if err != nil {
			return err
		}
		p.header, p.offset, p.left = nil, p.offset+int64(len(data)), p.left-len(data)
	}
	return nil
}
