package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sixseed/storage/content"
)

// identity tells whether two paths lead to one file or directory.
type identity struct{ device, inode uint64 }

// file is a regular file of the library.
type file struct {
	seen    string // the path it was found at
	path    string // the same, free of symlinks: what is opened
	stamp   content.Stamp
	id      identity
	settled bool // it does not grow any more
	hidden  bool // only a torrent that names it makes it part of the library
}

// name is what the file is called where it was found.
func (f *file) name() string { return filepath.Base(f.seen) }

// snapshot is what the library's directories held at one moment.
type snapshot struct {
	roots    []string          // the library's directories, free of symlinks
	files    map[string]*file  // by the path they were found at
	dirs     map[string]string // every directory, by the path it was found at: its path free of symlinks
	named    map[string][]*file
	dirNamed map[string][]string // the paths found, by base name
	problems []Problem
}

// walker takes a snapshot.
//
// Real directories are walked first, symlinks are followed afterwards, and no directory is read twice. So the work
// stays bounded whatever the symlinks do: one that leads to a directory already seen is another name for it and no
// more, and a loop is only a name.
type walker struct {
	snapshot
	entered func(dir string)
	visited map[identity]string
	links   []string
}

// scan takes a snapshot of dirs and all that is below. It calls entered for each directory before it is read, so that
// a watch set there misses nothing. What cannot be read becomes a problem; only the end of ctx is an error.
func scan(ctx context.Context, dirs []string, entered func(dir string)) (snapshot, error) {
	w := walker{entered: entered, visited: make(map[identity]string)}
	w.files, w.dirs = make(map[string]*file), make(map[string]string)
	for _, dir := range dirs {
		w.addRoot(dir)
	}
	for _, root := range w.roots {
		if info, err := os.Stat(root); err != nil {
			w.complain(root, err)
		} else {
			w.walk(ctx, root, info)
		}
	}
	for len(w.links) > 0 && ctx.Err() == nil {
		link := w.links[0]
		w.links = w.links[1:]
		w.follow(ctx, link)
	}
	w.index()
	return w.snapshot, ctx.Err()
}

func (w *walker) addRoot(dir string) {
	real, err := realPath(dir)
	if err != nil {
		w.problems = append(w.problems, Problem{dir, "library directory cannot be read: " + cause(err)})
		return
	}
	w.roots = append(w.roots, real)
}

// walk reads the directory at path, which is free of symlinks, and what is below it.
func (w *walker) walk(ctx context.Context, path string, info fs.FileInfo) {
	id := identityOf(info)
	if first, ok := w.visited[id]; ok { // a library directory inside another, or a bind mount
		w.dirs[path] = first
		return
	}
	w.visited[id], w.dirs[path] = path, path
	w.entered(path)
	entries, err := os.ReadDir(path)
	if err != nil {
		w.complain(path, err)
	}
	siblings := make(map[string]bool, len(entries))
	for _, entry := range entries {
		siblings[entry.Name()] = true
	}
	for _, entry := range entries {
		if ctx.Err() != nil {
			return
		}
		if !isTemporary(entry.Name()) && !isUnfinished(entry.Name(), siblings) {
			w.enter(ctx, filepath.Join(path, entry.Name()), entry)
		}
	}
}

func (w *walker) enter(ctx context.Context, path string, entry fs.DirEntry) {
	if entry.Type()&fs.ModeSymlink != 0 {
		w.links = append(w.links, path)
		return
	}
	if !entry.IsDir() && !entry.Type().IsRegular() { // a device, a socket, a pipe
		return
	}
	info, err := entry.Info()
	switch {
	case errors.Is(err, fs.ErrNotExist): // removed a moment ago
	case err != nil:
		w.complain(path, err)
	case entry.IsDir():
		w.walk(ctx, path, info)
	default:
		w.add(path, path, info)
	}
}

// follow looks where a symlink leads. Out of the library it is refused: the library's directories say what the admin
// wants to publish.
func (w *walker) follow(ctx context.Context, link string) {
	target, err := realPath(link)
	if err != nil {
		w.problems = append(w.problems, Problem{link, "symlink cannot be followed: " + cause(err)})
		return
	}
	if !w.holds(target) {
		w.problems = append(w.problems, Problem{link, fmt.Sprintf("symlink leads out of the library, to %s", target)})
		return
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		w.complain(link, err)
	case info.IsDir():
		w.walk(ctx, target, info)
		w.dirs[link] = w.dirs[target]
	case info.Mode().IsRegular():
		w.add(link, target, info)
	}
}

func (w *walker) holds(path string) bool {
	return slices.ContainsFunc(w.roots, func(root string) bool { return isWithin(path, root) })
}

func (w *walker) complain(path string, err error) {
	w.problems = append(w.problems, Problem{path, "cannot be read: " + cause(err)})
}

func (s *snapshot) add(seen, path string, info fs.FileInfo) *file {
	f := &file{seen: seen, path: path, stamp: stampOf(info), id: identityOf(info)}
	s.files[seen] = f
	return f
}

// index prepares the look-ups by name, each in the order of the paths.
func (s *snapshot) index() {
	s.named, s.dirNamed = make(map[string][]*file), make(map[string][]string)
	for _, path := range sortedKeys(s.files) {
		s.named[filepath.Base(path)] = append(s.named[filepath.Base(path)], s.files[path])
	}
	for _, path := range sortedKeys(s.dirs) {
		s.dirNamed[filepath.Base(path)] = append(s.dirNamed[filepath.Base(path)], path)
	}
}

// find returns the file at a path of elements below dir, through symlinks to directories too.
func (s *snapshot) find(dir string, elements []string) (*file, bool) {
	if f, ok := s.files[filepath.Join(dir, filepath.Join(elements...))]; ok {
		return f, true
	}
	last := len(elements) - 1
	for _, element := range elements[:last] {
		real, ok := s.dirs[filepath.Join(dir, element)]
		if !ok {
			return nil, false
		}
		dir = real
	}
	f, ok := s.files[filepath.Join(dir, elements[last])]
	return f, ok
}

// realPath is path, absolute and free of symlinks.
func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}

// isWithin reports whether path is dir or below it. Both are absolute and clean.
func isWithin(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

func stampOf(info fs.FileInfo) content.Stamp {
	return content.Stamp{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: identityOf(info).inode}
}

func identityOf(info fs.FileInfo) identity {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{device: stat.Dev, inode: stat.Ino}
}

// cause is what went wrong without the path, which the problem's subject names.
func cause(err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
