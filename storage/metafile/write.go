package metafile

import (
	"fmt"
	"os"
	"path/filepath"
)

// Write puts data at path with mode 0644, so that whoever looks there finds either what was there before or all of
// data, even after a power cut. The folder must exist; the temporary file in it is hidden and does not stay.
func Write(path string, data []byte) error {
	folder := filepath.Dir(path)
	temporary, err := os.CreateTemp(folder, ".torrent-*.tmp")
	if err != nil {
		return fmt.Errorf("write torrent %s: %w", path, err)
	}
	if err := fill(temporary, data); err != nil {
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

// fill writes data to file, waits until the disk has them, and closes it.
func fill(file *os.File, data []byte) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
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
