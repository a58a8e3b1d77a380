package content

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// reader reads the data of a layout from front to back. It keeps the last file open, so that a large one is opened
// once, and any number of small ones take one descriptor.
type reader struct {
	index int // of file
	file  *os.File
	// What was read of file since dropBehind was called, in bytes from its beginning.
	begin, end int64
}

// readAt fills p with what the torrent has at off.
func (r *reader) readAt(h *hashing, p []byte, off int64) error {
	for span := range h.layout.Spans(off, int64(len(p))) {
		part := p[:span.Length]
		p = p[span.Length:]
		if h.layout.files[span.File].Padding {
			clear(part)
			continue
		}
		if err := r.open(h, span.File); err != nil {
			return err
		}
		there := min(span.Length, max(0, h.layout.files[span.File].size()-span.Offset))
		clear(part[there:])
		if err := readFull(r.file, part[:there], span.Offset); err != nil {
			return err
		}
		if r.begin == r.end {
			r.begin = span.Offset
		}
		r.end = span.Offset + there
	}
	return nil
}

// dropBehind takes what was read out of the page cache. It is called once a stretch: the kernel keeps pages in groups,
// and does not drop a group in part.
func (r *reader) dropBehind() {
	if r.begin < r.end {
		advise(r.file, r.begin, r.end-r.begin, unix.FADV_DONTNEED)
	}
	r.begin, r.end = 0, 0
}

// announce tells the kernel which long parts of files a range of the torrent has. What fits in one read is not worth
// opening a file for twice.
func (r *reader) announce(h *hashing, off, length int64) error {
	for span := range h.layout.Spans(off, length) {
		if span.Length <= announceSize || h.layout.files[span.File].Padding {
			continue
		}
		if err := r.open(h, span.File); err != nil {
			return err
		}
		if cached, _ := isCached(r.file, span.Offset, span.Length); !cached {
			announce(r.file, span.Offset, span.Length)
		}
	}
	return nil
}

// open makes the file with this index the one that is open.
func (r *reader) open(h *hashing, index int) error {
	if r.file != nil && r.index == index {
		return nil
	}
	if h.dropBehind {
		r.dropBehind()
	}
	r.close()
	file, err := openStamped(h.layout.files[index].Path, h.stamps[index])
	if err != nil {
		return err
	}
	advise(file, 0, 0, unix.FADV_SEQUENTIAL)
	*r = reader{index: index, file: file}
	return nil
}

func (r *reader) close() {
	if r.file != nil {
		_ = r.file.Close() // only read from
		r.file = nil
	}
}

// readFull fills p from offset off of file. A file that ends before is not as long any more as it was.
func readFull(file *os.File, p []byte, off int64) error {
	_, err := file.ReadAt(p, off)
	if errors.Is(err, io.EOF) {
		return endsBefore(file.Name(), off+int64(len(p)))
	}
	if err != nil {
		return fmt.Errorf("bytes %d to %d: %w", off, off+int64(len(p))-1, err) // names the file
	}
	return nil
}

// endsBefore says that a file has become too short.
func endsBefore(path string, end int64) error {
	return fmt.Errorf("%s: %w: it ends before byte %d", path, ErrChanged, end)
}
