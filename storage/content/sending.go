package content

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// turnSize is after how many bytes a Sending gives its file back to the pool, though it may take it again at once: so
// who waits for a place there gets one. Taking includes a look at the file, so this also bounds how much goes between
// two looks. A look at every block of 16 KiB would cost some 5 % of the speed, one at this many bytes 0.1 %. And that
// is not rare: a fast peer takes so much in milliseconds, and the Sending of a slow one has paused before.
const turnSize = 1 << 20

// zeros is what padding is sent from; nothing is ever written to it.
var zeros [16 << 10]byte

// Sending moves the data of one torrent to one socket, from the page cache and without a copy. It keeps the file that
// it sends from open from one call to the next, until Pause. It is not for concurrent use.
type Sending struct {
	data *Data
	open *openFile // what it keeps; nil while paused
	turn int64     // bytes that may still be sent before open goes back

	told  extent // what WillSend was told last
	quiet int64  // bytes that may still be sent before WillSend looks again
}

// Sending returns a Sending of the data. It opens nothing before the first Send.
func (d *Data) Sending() *Sending { return &Sending{data: d} }

// Send moves length bytes from offset off of the torrent to the non-blocking socket fd; padding goes as zeros. It
// returns how many went, which is less than length exactly if there is an error.
//
// If the socket takes no more now, the error is unix.EAGAIN itself. From the moment a file is found not to be the one
// any more that was stamped, by whomever, every call fails with ErrChanged; after Close of the data, with fs.ErrClosed.
// Any other error is the socket's or the disk's; unix.EINVAL is what a file system says that has no way to do without a
// copy.
//
// A change is found within the next MiB, or after the next Pause. What went until then cannot be taken back, so unlike
// those of ReadAt the bytes sent before an error may be others than were verified.
func (s *Sending) Send(fd int, off int64, length int) (int, error) {
	sent, err := s.send(fd, off, length)
	s.quiet -= int64(sent)
	if err == nil || err == unix.EAGAIN { //nolint:errorlint // wrapped, it does not come from the socket
		return sent, err
	}
	s.Pause()
	if errors.Is(err, unix.EAGAIN) {
		// Opening a file says so while another program has a lease on it. To wait for the socket would not help.
		return sent, fmt.Errorf("send data: %s", err.Error())
	}
	return sent, fmt.Errorf("send data: %w", err)
}

// Pause gives the file that is kept open back to the pool. It is to be called before waiting for anything, be it that
// the socket takes more or leave to send, and at the end: the pool may have no other place for those who send another
// file. The next Send takes the file again.
func (s *Sending) Pause() {
	if s.open != nil {
		s.data.pool.release(s.open)
		s.open = nil
	}
}

func (s *Sending) send(fd int, off int64, length int) (int, error) {
	if total := s.data.layout.length; length < 0 || off < 0 || off > total-int64(length) {
		return 0, fmt.Errorf("%d bytes at %d are not in a torrent of %d", length, off, total)
	}
	if err := s.data.refusal(); err != nil {
		return 0, err
	}
	sent := 0
	for span := range s.data.layout.Spans(off, int64(length)) {
		n, err := s.sendSpan(fd, span)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// sendSpan sends a part of one file.
func (s *Sending) sendSpan(fd int, span Span) (int, error) {
	sent := 0
	for span.Length > 0 {
		n, err := s.sendPart(fd, span)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return sent, err
		}
		sent += n
		span.Offset += int64(n)
		span.Length -= int64(n)
	}
	return sent, nil
}

// sendPart sends as much of a part of a file as one system call does.
func (s *Sending) sendPart(fd int, span Span) (int, error) {
	if s.data.layout.files[span.File].Padding {
		n, err := unix.Write(fd, zeros[:min(span.Length, int64(len(zeros)))])
		return max(n, 0), err
	}
	if err := s.take(span.File); err != nil {
		return 0, err
	}
	at := span.Offset
	n, err := unix.Sendfile(fd, int(s.open.file.Fd()), &at, int(min(span.Length, s.turn)))
	if n <= 0 {
		return 0, s.fault(span, err)
	}
	s.turn -= int64(n)
	return n, nil
}

// fault returns why none of a part of a file went, given the error of the system call. There is none if the file ends
// before.
func (s *Sending) fault(span Span, err error) error {
	file := s.open.file
	switch {
	case err == nil:
		return s.data.note(endsBefore(file.Name(), span.Offset+span.Length))
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return err
	}
	if changed := checkStamp(file, s.data.stamps[span.File]); changed != nil {
		return s.data.note(changed) // a network file system says so with an error when it is used
	}
	return fmt.Errorf("%s: bytes %d to %d: %w", file.Name(), span.Offset, span.Offset+span.Length-1, err)
}

// take makes the file with this index the one that is kept open, as it was when it was stamped.
func (s *Sending) take(index int) error {
	if s.open != nil && s.open.at.file == index && s.turn > 0 {
		return nil
	}
	s.Pause()
	open, err := s.data.pool.acquire(place{s.data, index})
	if err != nil {
		return s.data.note(err)
	}
	s.open, s.turn = open, turnSize
	return s.data.note(checkStamp(open.file, s.data.stamps[index]))
}
