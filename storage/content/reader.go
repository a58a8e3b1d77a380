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
		if err := readFull(r.file, part, span.Offset); err != nil {
			return err
		}
	}
	return nil
}

// open makes the file with this index the one that is open.
func (r *reader) open(h *hashing, index int) error {
	if r.file != nil && r.index == index {
		return nil
	}
	r.close()
	file, err := openStamped(h.layout.files[index].Path, h.stamps[index])
	if err != nil {
		return err
	}
	// Reading ahead further is a hint to the kernel; nothing depends on it.
	_ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_SEQUENTIAL)
	r.file, r.index = file, index
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
		return fmt.Errorf("%s: %w: it ends before byte %d", file.Name(), ErrChanged, off+int64(len(p)))
	}
	if err != nil {
		return fmt.Errorf("bytes %d to %d: %w", off, off+int64(len(p))-1, err) // names the file
	}
	return nil
}
