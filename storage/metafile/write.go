package metafile

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Write puts data at path, so that whoever looks there finds either what was there before or all of data, even after a
// power cut. A new file gets the mode 0644; one that was there keeps its mode and, where that is allowed, its owner. The
// folder must exist; the temporary file in it is hidden and does not stay.
func Write(path string, data []byte) error {
	folder := filepath.Dir(path)
	temporary, err := os.CreateTemp(folder, ".torrent-*.tmp")
	if err != nil {
		return fmt.Errorf("write torrent %s: %w", path, err)
	}
	if err := fill(temporary, data, path); err != nil {
		_ = os.Remove(temporary.Name()) // the first error says more
		return fmt.Errorf("write torrent %s: %w", path, err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("write torrent %s: %w", path, err)
	}
	if err := syncFolder(folder); err != nil {
		return fmt.Errorf("write torrent %s: %w", path, err)
	}
	return nil
}

// fill writes data to the file that is to take the place of the one at path, waits until the disk has them, and closes
// it.
func fill(file *os.File, data []byte, path string) error {
	_, err := file.Write(data)
	if err == nil {
		err = inherit(file, path)
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// inherit gives file the mode and owner of the one at path. Only root can give a file away: for others it stays theirs.
func inherit(file *os.File, path string) error {
	old, err := os.Stat(path)
	if err != nil {
		return file.Chmod(0o644) // there is none
	}
	if stat, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = file.Chown(int(stat.Uid), int(stat.Gid))
	}
	return file.Chmod(old.Mode().Perm())
}

// syncFolder makes a rename in folder last: without it the disk may have the file and not its name.
func syncFolder(folder string) error {
	opened, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // nothing is written through it
	return opened.Sync()
}
