package metafile

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of Linux: NAME_MAX and PATH_MAX, in bytes. What is longer could not be on disk.
const (
	maxElement = 255
	maxPath    = 4096
)

// checkElement checks that name can be an element of a path: it stays within the directory it is looked up in, on any
// system, and can be printed on a terminal.
func checkElement(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("%q is not a file name", name)
	case len(name) > maxElement:
		return fmt.Errorf("%.64q... is longer than %d bytes", name, maxElement)
	case !utf8.ValidString(name):
		return fmt.Errorf("%q is not UTF-8", name)
	case strings.ContainsAny(name, `/\`):
		return fmt.Errorf("%q contains a slash or backslash", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%q contains a control character", name)
	}
	return nil
}

// checkPath checks the elements of a path, and that they are not too many.
func checkPath(path []string) error {
	if len(path) == 0 {
		return errors.New("no path")
	}
	length := 0
	for _, element := range path {
		if length += len(element) + 1; length > maxPath {
			return fmt.Errorf("path is longer than %d bytes", maxPath)
		}
		if err := checkElement(element); err != nil {
			return fmt.Errorf("path: %w", err)
		}
	}
	return nil
}

// checkConflicts checks that the files can stand beside each other in a directory.
func checkConflicts(files []File) error {
	taken := pathSet{}
	for _, file := range files {
		if file.Padding {
			continue // BEP 47: padding of equal length may share a path
		}
		path := strings.Join(file.Path, "/")
		if err := taken.add(path); err != nil {
			return fmt.Errorf("path %q: %w", path, err)
		}
	}
	return nil
}

// pathSet holds the paths of files and of the directories they are in; the value says which of both.
type pathSet map[string]pathKind

type pathKind uint8

const (
	directory pathKind = iota + 1
	regular
)

// add puts in the file path and its directories.
func (s pathSet) add(path string) error {
	switch s[path] {
	case regular:
		return errors.New("appears twice")
	case directory:
		return errors.New("is a file and a directory")
	}
	s[path] = regular
	for i := strings.LastIndexByte(path, '/'); i > 0; i = strings.LastIndexByte(path[:i], '/') {
		switch s[path[:i]] {
		case regular:
			return fmt.Errorf("%q is a file and a directory", path[:i])
		case directory:
			return nil // and so are those above it
		}
		s[path[:i]] = directory
	}
	return nil
}
