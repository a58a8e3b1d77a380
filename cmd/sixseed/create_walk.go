package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// folder is a directory on the way down.
type folder struct {
	path   string
	real   string   // path without links
	within []string // elements of path below the release
}

// walk collects the files below a directory.
type walk struct {
	root    string // real path
	exclude []string
	files   []releaseFile
}

// filesIn returns the files below directory.
func filesIn(directory string, exclude []string) ([]releaseFile, error) {
	root, err := filepath.EvalSymlinks(directory)
	if err != nil {
		return nil, err
	}
	w := &walk{root: root, exclude: exclude}
	err = w.enter(folder{path: directory, real: root}, nil)
	return w.files, err
}

// enter looks at all that is in a folder; above are the real paths of those it was reached through.
func (w *walk) enter(in folder, above []string) error {
	if slices.Contains(above, in.real) {
		return fmt.Errorf("%s: link leads back to %s, which it is in", in.path, in.real)
	}
	entries, err := os.ReadDir(in.path)
	if err != nil {
		return err
	}
	above = append(slices.Clone(above), in.real)
	for _, entry := range entries {
		at := folder{
			path:   filepath.Join(in.path, entry.Name()),
			real:   filepath.Join(in.real, entry.Name()),
			within: append(slices.Clone(in.within), entry.Name()),
		}
		if w.excludes(at.within) {
			continue
		}
		if err := w.visit(at, entry, above); err != nil {
			return err
		}
	}
	return nil
}

// visit takes a file, or enters a folder. It follows a link, but not out of the release: what is there nobody meant to
// publish.
func (w *walk) visit(at folder, entry fs.DirEntry, above []string) (err error) {
	if entry.Type()&fs.ModeSymlink != 0 {
		if at.real, err = filepath.EvalSymlinks(at.path); err != nil {
			return err
		}
		if at.real != w.root && !strings.HasPrefix(at.real, strings.TrimSuffix(w.root, "/")+"/") {
			return fmt.Errorf("%s: link leads out of %s, to %s", at.path, w.root, at.real)
		}
	}
	stat, err := os.Stat(at.path)
	switch {
	case err != nil:
		return err
	case stat.IsDir():
		return w.enter(at, above)
	case !stat.Mode().IsRegular():
		return errors.New(at.path + ": neither a file nor a directory: leave it out with --exclude")
	}
	w.files = append(w.files, releaseFile{path: at.path, within: at.within, length: stat.Size()})
	return nil
}

// excludes says whether a pattern matches the last element of a path, or all of it.
func (w *walk) excludes(within []string) bool {
	name, whole := within[len(within)-1], strings.Join(within, "/")
	return slices.ContainsFunc(w.exclude, func(glob string) bool {
		byName, _ := path.Match(glob, name) // the patterns are known to be right
		byPath, _ := path.Match(glob, whole)
		return byName || byPath
	})
}
