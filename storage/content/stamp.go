package content

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// ErrChanged says that a file is not the one any more that it was when its stamp was taken.
var ErrChanged = errors.New("file has changed")

// Stamp is what must stay the same for a file to count as unchanged. It can be compared with ==.
type Stamp struct {
	Size    int64 // bytes
	ModTime int64 // nanoseconds since 1970
	Inode   uint64
}

// StampOf returns the stamp of the file at path; links are followed. Only a regular file has one.
func StampOf(path string) (Stamp, error) {
	var stat unix.Stat_t
	if err := retry(func() error { return unix.Stat(path, &stat) }); err != nil {
		return Stamp{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG {
		return Stamp{}, fmt.Errorf("%s: not a regular file", path)
	}
	return stampOf(&stat), nil
}

// Stamps returns the stamps of all files in the order of the layout, the zero Stamp for padding. A file that is
// missing or of another length than the layout says is an error that names it.
//
// To know that data stayed the same since they were verified, take the stamps before verifying.
func (l Layout) Stamps() ([]Stamp, error) {
	stamps := make([]Stamp, len(l.files))
	for i, file := range l.files {
		if file.Padding {
			continue
		}
		stamp, err := StampOf(file.Path)
		if err != nil {
			return nil, err
		}
		if stamp.Size != file.size() {
			return nil, fmt.Errorf("%s: has %d bytes, not %d", file.Path, stamp.Size, file.size())
		}
		stamps[i] = stamp
	}
	return stamps, nil
}

// unchanged returns nil if every file still has its stamp, and an error that names the first that has not.
func (l Layout) unchanged(stamps []Stamp) error {
	for i, file := range l.files {
		if file.Padding {
			continue
		}
		now, err := StampOf(file.Path)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrChanged, err)
		}
		if now != stamps[i] {
			return changed(file.Path, stamps[i], now)
		}
	}
	return nil
}

func stampOf(stat *unix.Stat_t) Stamp {
	return Stamp{Size: stat.Size, ModTime: stat.Mtim.Nano(), Inode: stat.Ino}
}

// openStamped opens the file at path for reading, provided that it is the one stamped.
func openStamped(path string, stamp Stamp) (*os.File, error) {
	// Without O_NONBLOCK opening a named pipe put there instead would wait for a writer.
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		if leadsNowhere(err) {
			err = fmt.Errorf("%w: %w", ErrChanged, err)
		}
		return nil, err
	}
	if err := checkStamp(file, stamp); err != nil {
		_ = file.Close() // only read from
		return nil, err
	}
	return file, nil
}

// leadsNowhere says whether an error means that a path leads to no file, as opposed to a file that cannot be opened.
func leadsNowhere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP)
}

// checkStamp returns nil if an open file still is the one stamped and has a name: a file that was removed or renamed
// over lives on under the hands of those who have it open, with no link left.
func checkStamp(file *os.File, stamp Stamp) error {
	var stat unix.Stat_t
	err := retry(func() error { return unix.Fstat(int(file.Fd()), &stat) })
	// ESTALE is how a network file system says that there is no link left.
	if err != nil && !errors.Is(err, unix.ESTALE) {
		return &fs.PathError{Op: "stat", Path: file.Name(), Err: err}
	}
	if err != nil || stat.Nlink == 0 {
		return fmt.Errorf("%s: %w: it was removed", file.Name(), ErrChanged)
	}
	if now := stampOf(&stat); now != stamp {
		return changed(file.Name(), stamp, now)
	}
	return nil
}

// changed says how a file differs from its stamp.
func changed(path string, was, now Stamp) error {
	switch {
	case now.Inode != was.Inode:
		return fmt.Errorf("%s: %w: another file took its place", path, ErrChanged)
	case now.Size != was.Size:
		return fmt.Errorf("%s: %w: it has %d bytes, not %d", path, ErrChanged, now.Size, was.Size)
	default:
		return fmt.Errorf("%s: %w: it was modified", path, ErrChanged)
	}
}

// retry calls call until a signal does not interrupt it. Network file systems can be interrupted.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
