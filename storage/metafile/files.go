package metafile

import (
	"errors"
	"fmt"
	"strings"
)

// fileEntry is an element of the key "files".
type fileEntry struct {
	Length int64    `bencode:"length"`
	Path   []string `bencode:"path"`
	Attr   string   `bencode:"attr"` // BEP 47: a letter per attribute
}

func (e fileEntry) has(attribute string) bool { return strings.Contains(e.Attr, attribute) }

// readFiles reads the keys "length" of a single file, or "files" of several.
func (m *Metafile) readFiles(info dictionary) error {
	_, single := info["length"]
	_, several := info["files"]
	switch {
	case single && several:
		return errors.New(`both "length" and "files"`)
	case single:
		m.Files = []File{{Path: []string{m.Name}}}
		return info.decode("length", &m.Files[0].Length)
	case !several:
		return errors.New(`neither "length" nor "files"`)
	}
	var entries []fileEntry
	if err := info.decode("files", &entries); err != nil {
		return err
	}
	for i, entry := range entries {
		if err := m.addFile(entry); err != nil {
			return fmt.Errorf("file %d: %w", i, err)
		}
	}
	return nil
}

func (m *Metafile) addFile(entry fileEntry) error {
	if err := checkPath(entry.Path); err != nil {
		return err
	}
	if entry.has("l") {
		link := strings.Join(entry.Path, "/")
		if entry.Length != 0 {
			return fmt.Errorf("symbolic link %q has a length", link)
		}
		m.warn("symbolic link %q: links are not seeded", link)
		return nil
	}
	path := append([]string{m.Name}, entry.Path...)
	m.Files = append(m.Files, File{Path: path, Length: entry.Length, Padding: entry.has("p")})
	return nil
}
