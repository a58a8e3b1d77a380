package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// stateDir is the directory that the daemon writes to, for as long as it has it for itself.
type stateDir struct {
	path string
	lock *os.File
}

// openStateDir makes the directory if need be, and takes it. That it cannot be written to, or that another daemon has
// it, is found out here and not when the first byte is to be recorded.
func openStateDir(path string) (*stateDir, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("make state directory %s: %w", path, err)
	}
	lock, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open state directory: %w", err)
	}
	d := &stateDir{path: path, lock: lock}
	if err := d.take(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return d, nil
}

func (d *stateDir) take() error {
	err := unix.Flock(int(d.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return fmt.Errorf("another sixseed uses the state directory %s", d.path)
	} else if err != nil {
		return fmt.Errorf("lock state directory %s: %w", d.path, err)
	}
	probe, err := os.CreateTemp(d.path, ".probe-*")
	if err != nil {
		return fmt.Errorf("write to state directory: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// join returns the path of a file in the directory.
func (d *stateDir) join(name string) string { return filepath.Join(d.path, name) }

// close gives the directory up.
func (d *stateDir) close() error { return d.lock.Close() }
