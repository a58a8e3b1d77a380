package library

import (
	"os"
	"path/filepath"
	"slices"
)

// include adds to the snapshot the hidden files that multi-file torrents name, and returns them. A walk leaves hidden
// files alone because nobody meant to publish them; but a distribution's tree has its .disk/info or .treeinfo, and a
// torrent that names it means it.
func (s *snapshot) include(torrents []*torrent) (added []*file) {
	for _, t := range torrents {
		if t.isSingle() {
			continue
		}
		for _, wanted := range t.meta.Files {
			elements := wanted.Path[1:]
			if wanted.Padding || !slices.ContainsFunc(elements, isTemporary) {
				continue
			}
			for _, dir := range s.dirNamed[t.meta.Name] {
				if f := s.addHidden(filepath.Join(s.dirs[dir], filepath.Join(elements...))); f != nil {
					added = append(added, f)
				}
			}
		}
	}
	return added
}

// addHidden adds the regular file at path if it is there. Symlinks on the way to a hidden file are not followed.
func (s *snapshot) addHidden(path string) *file {
	if _, known := s.files[path]; known {
		return nil
	}
	if real, err := realPath(path); err != nil || real != path {
		return nil
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f := s.add(path, path, info)
	f.hidden = true
	return f
}
