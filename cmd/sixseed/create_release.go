package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// release is what a torrent is made of: a file, or all files in a directory.
type release struct {
	path      string // absolute
	name      string // in the torrent
	directory bool
	files     []releaseFile
}

// releaseFile is one file of a release.
type releaseFile struct {
	path   string   // absolute
	within []string // elements of its path below the directory; of a release that is a file, none
	length int64    // bytes
}

// newRelease looks at path. Name is its name in the torrent, "" for the one it has; what matches one of the patterns of
// exclude is left out. The files are in no order.
func newRelease(path, name string, exclude []string) (*release, error) {
	name, err := nameOf(path, name)
	if err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	stat, err := os.Stat(absolute)
	if err != nil {
		return nil, err
	}
	r := &release{path: absolute, name: name, directory: stat.IsDir()}
	switch {
	case r.directory:
		r.files, err = filesIn(absolute, exclude)
	case stat.Mode().IsRegular():
		r.files = []releaseFile{{path: absolute, length: stat.Size()}}
	default:
		err = fmt.Errorf("%s: neither a file nor a directory", path)
	}
	if err != nil {
		return nil, err
	}
	return r, r.checkSize()
}

// nameOf returns the name of path in its torrent.
func nameOf(path, name string) (string, error) {
	if name != "" {
		return name, nil
	}
	absolute, err := filepath.Abs(path) // "." has a name too
	return filepath.Base(absolute), err
}

// checkSize wants a byte at least: a torrent without data has no pieces.
func (r *release) checkSize() error {
	switch {
	case len(r.files) == 0:
		return fmt.Errorf("%s: there is no file in it", r.path)
	case r.length() > 0:
		return nil
	case r.directory:
		return fmt.Errorf("%s: all files in it are empty", r.path)
	}
	return fmt.Errorf("%s: the file is empty", r.path)
}

// length returns the size of all files in bytes.
func (r *release) length() int64 {
	var total int64
	for _, file := range r.files {
		total += file.length
	}
	return total
}

// holds says whether the file at path is one of those that the torrent is made of.
func (r *release) holds(path string) bool {
	absolute, err := filepath.Abs(path)
	return err == nil && slices.ContainsFunc(r.files, func(file releaseFile) bool { return file.path == absolute })
}
