package content

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Data is the verified data of one torrent, open for reading. It may be used by many goroutines at once.
type Data struct {
	layout  Layout
	stamps  []Stamp
	pool    *Pool
	changed chan struct{}
	refused atomic.Pointer[error] // why nothing is read any more; set once
}

var _ io.ReaderAt = (*Data)(nil)

// Open returns the data that layout describes. The stamps, one for each file as Layout.Stamps returns them, are those
// of the files that were verified. No file is opened before it is read, and pool decides how long it stays open.
func Open(layout Layout, stamps []Stamp, pool *Pool) *Data {
	d := &Data{layout: layout, pool: pool, changed: make(chan struct{})}
	// A stamp that is missing is the zero Stamp, which no file has.
	d.stamps = make([]Stamp, len(layout.files))
	copy(d.stamps, stamps)
	return d
}

// ReadAt reads from offset off of the torrent; padding reads as zeros. The error is io.EOF if the torrent ends before
// p is full. From the moment a file is not the one any more that was stamped, every read fails with ErrChanged, of
// the other files too; after Close, with fs.ErrClosed. What was read before an error is as it was verified.
func (d *Data) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read data: offset %d is negative", off)
	}
	if err := d.refusal(); err != nil {
		return 0, fmt.Errorf("read data: %w", err)
	}
	n := 0
	for span := range d.layout.Spans(off, int64(len(p))) {
		if err := d.readSpan(p[n:][:span.Length], span); err != nil {
			return n, fmt.Errorf("read data: %w", err)
		}
		n += int(span.Length)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Changed returns a channel that is closed once a read has found out that a file has changed.
func (d *Data) Changed() <-chan struct{} { return d.changed }

// Close closes the files. Reads under way are finished first, but Close does not wait for them.
func (d *Data) Close() error {
	d.refuse(fs.ErrClosed)
	return nil
}

// readSpan reads a part of one file.
func (d *Data) readSpan(p []byte, span Span) error {
	if d.layout.files[span.File].Padding {
		clear(p)
		return nil
	}
	open, err := d.pool.acquire(place{d, span.File})
	if err == nil {
		err = readFull(open.file, p, span.Offset)
		// Looked at after reading, the stamp says of the bytes just read that they are as they were.
		if changed := checkStamp(open.file, d.stamps[span.File]); changed != nil {
			err = changed
		}
		d.pool.release(open)
	}
	return d.note(err)
}

// note returns err. If it says that a file has changed, that ends all reading.
func (d *Data) note(err error) error {
	if errors.Is(err, ErrChanged) && d.refuse(err) {
		close(d.changed)
	}
	return err
}

// openFile opens a file for the pool.
func (d *Data) openFile(index int) (*os.File, error) {
	return openStamped(d.layout.files[index].Path, d.stamps[index])
}

// refusal returns why nothing is read any more, or nil.
func (d *Data) refusal() error {
	if reason := d.refused.Load(); reason != nil {
		return *reason
	}
	return nil
}

// refuse ends all reading for a reason, and returns whether it was the first to do so.
func (d *Data) refuse(reason error) bool {
	if !d.refused.CompareAndSwap(nil, &reason) {
		return false
	}
	d.pool.retire(d)
	return true
}
