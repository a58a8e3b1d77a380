package content

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	// maxAhead is how much is read ahead for one Sending at most, in bytes: with many peers what is read too early is out
	// of the page cache again before it is sent.
	maxAhead = 4 << 20
	// aheadStep is how many bytes are looked at, and announced to the kernel, together. To look costs a system call, a
	// hundredth of sending 128 KiB from memory.
	aheadStep = 256 << 10
)

// extent is a range of bytes of a torrent.
type extent struct{ begin, end int64 }

// WillSend says that the length bytes from offset off are those to be sent next, so that of the first 4 MiB of them
// what is not in memory is read from the disk by then, in large parts and in order. It may be called as often as the
// plans grow: what it was told last it does not look at again, and while what it sees is in memory it looks only now
// and then. Like Send it keeps a file open until Pause, and may have to wait for a place in the pool. If it finds a
// file changed, Send says so.
func (s *Sending) WillSend(off, length int64) {
	if s.quiet > 0 {
		return
	}
	begin, end := s.data.layout.clip(off, min(length, maxAhead))
	from := begin
	if s.told.begin <= begin && begin < s.told.end {
		from = s.told.end
		if end-from < aheadStep {
			return // too little to be worth it, while there is something told to go on with
		}
	}
	if from >= end {
		return
	}
	s.told = extent{begin, end}
	if !s.readAhead(from, end) {
		s.quiet = aheadStep
	}
}

// readAhead has a range of the torrent read where it is not in memory, and says whether there was such a place.
func (s *Sending) readAhead(begin, end int64) bool {
	cold := false
	for span := range s.data.layout.Spans(begin, end-begin) {
		file := s.data.layout.files[span.File]
		if file.Padding || file.Length < aheadStep {
			continue // to open a short one twice takes longer than to wait for it
		}
		if s.take(span.File) != nil {
			s.Pause()
			return cold
		}
		if announceMissing(s.open.file, span.Offset, span.Length) {
			cold = true
		}
	}
	return cold
}

// announceMissing announces those steps of a range that are not in memory, and says whether there are any.
func announceMissing(file *os.File, off, length int64) bool {
	missing := false
	for end := off + length; off < end; off += aheadStep {
		if step := min(aheadStep, end-off); !isAtHand(file, off, step) {
			announce(file, off, step)
			missing = true
		}
	}
	return missing
}

// isAtHand says whether a range of file is in the page cache, or about to be. Where the kernel does not say, its last
// byte stands for it: of the first, its reader may have asked already.
func isAtHand(file *os.File, off, length int64) bool {
	if cached, err := isCached(file, off, length); err == nil {
		return cached
	}
	return isReadAtOnce(file, off+length-1)
}

// isReadAtOnce says whether the byte at off can be read without waiting for a disk. A file system that does not know
// says EOPNOTSUPP, and the answer is no. To ask makes the kernel read the byte's page, so that the answer may be yes
// because of the question, if that takes long; isCached changes nothing.
func isReadAtOnce(file *os.File, off int64) bool {
	var p [1]byte
	n, err := unix.Preadv2(int(file.Fd()), [][]byte{p[:]}, off, unix.RWF_NOWAIT)
	return n == 1 && err == nil
}
