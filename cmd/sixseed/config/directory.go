package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// checkDirectories looks at the directories themselves. Paths are compared with their symbolic links resolved.
func (r *reading) checkDirectories() {
	state := resolve(r.config.StateDir)
	if info, err := os.Stat(state); err == nil && !info.IsDir() {
		r.report("state_dir", "%q is not a directory", r.config.StateDir)
	}
	var others []directory
	for i, dir := range r.config.Library.Dirs {
		name := fmt.Sprintf("library.dirs[%d]", i)
		if r.isBad(name) {
			continue
		}
		if err := checkReadable(dir); err != nil {
			r.report(name, "%q %v", dir, err)
			continue
		}
		found := directory{dir, resolve(dir)}
		r.checkApart(name, found, others)
		r.checkState(name, found, state)
		others = append(others, found)
	}
}

// directory is a library directory as the admin named it, and where that leads.
type directory struct{ named, resolved string }

// checkReadable wants a directory that can be listed and entered.
func checkReadable(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("does not exist")
	case err != nil:
		return fmt.Errorf("cannot be looked at: %s", reason(err))
	case !info.IsDir():
		return errors.New("is not a directory")
	}
	if err := unix.Access(dir, unix.R_OK|unix.X_OK); err != nil {
		return fmt.Errorf("cannot be read by user %d: %w", os.Getuid(), err)
	}
	return nil
}

// checkApart wants a directory that is not reached through another one: its files would be found twice.
func (r *reading) checkApart(name string, dir directory, others []directory) {
	for _, other := range others {
		switch {
		case dir == other:
			r.report(name, "%q is named twice", dir.named)
		case dir.resolved == other.resolved:
			r.report(name, "%q is the same directory as %q: name it once", dir.named, other.named)
		case within(dir.resolved, other.resolved):
			r.report(name, "%q lies in %q, which is seeded with all below it: remove it", dir.named, other.named)
		case within(other.resolved, dir.resolved):
			r.report(name, "%q is seeded with all below it, which includes %q: remove that one", dir.named, other.named)
		}
	}
}

// checkState keeps apart what is written and what is only ever read.
func (r *reading) checkState(name string, dir directory, state string) {
	if within(state, dir.resolved) {
		r.report("state_dir", "%q lies in the library directory %q, and a library is never written to: choose another place",
			r.config.StateDir, dir.named)
	}
	if within(dir.resolved, filepath.Join(state, "torrents")) {
		r.report(name, "%q is where made .torrent files are kept (state_dir): choose another place", dir.named)
	}
}

// within reports whether path is dir or lies below it. Both are clean.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// resolve follows the symbolic links in a path, as far as it exists.
func resolve(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolve(parent), filepath.Base(path))
}
