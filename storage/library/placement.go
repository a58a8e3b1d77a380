package library

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"sixseed/storage/content"
)

// placement is where the data of a torrent may be: names and sizes fit, what the bytes are is another question.
type placement struct {
	root    string // the file, or the folder of a multi-file torrent; free of symlinks
	files   []content.File
	stamps  []content.Stamp // one for each of files; zero for padding
	ids     []identity      // of the files on disk
	settled bool
	beside  bool // its place is the one that the .torrent's own path names
}

// key is what a verification of these data for a torrent is remembered under.
func (p *placement) key(infoHash [20]byte) string {
	return hex.EncodeToString(infoHash[:]) + " " + p.root
}

// sameAs reports whether other is the same data, unchanged.
func (p *placement) sameAs(other *placement) bool {
	return p.root == other.root && slices.Equal(p.stamps, other.stamps)
}

// contains reports whether path is one of the files, or the folder they are in.
func (p *placement) contains(path string) bool {
	return p.root == path || slices.ContainsFunc(p.files, func(f content.File) bool { return f.Path == path })
}

// length is how much there is to hash, in bytes.
func (p *placement) length() int64 {
	var length int64
	for _, f := range p.files {
		length += f.Length
	}
	return length
}

// mismatch is why a file or folder of the right name is not the data of a torrent.
type mismatch struct {
	text    string
	missing bool // a file is not there; else one has another size
	settled bool
	ids     []identity // of the files that the torrent names
}

// whole returns the placement of a single file.
func whole(f *file) *placement {
	return &placement{
		root:    f.path,
		files:   []content.File{{Path: f.path, Length: f.stamp.Size}},
		stamps:  []content.Stamp{f.stamp},
		ids:     []identity{f.id},
		settled: f.settled,
	}
}

// fitFile looks whether f can be the data of the single-file torrent t.
func fitFile(t *torrent, f *file) (*placement, *mismatch) {
	if want := t.meta.Files[0].Length; f.stamp.Size != want {
		text := fmt.Sprintf("%s is %d bytes, the torrent says %d", f.name(), f.stamp.Size, want)
		return nil, &mismatch{text: text, settled: f.settled, ids: []identity{f.id}}
	}
	return whole(f), nil
}

// fitFolder looks whether the folder dir can be the data of the multi-file torrent t.
func fitFolder(s snapshot, t *torrent, dir string) (*placement, *mismatch) {
	p := &placement{root: dir, settled: true}
	wrong := mismatch{settled: true}
	for _, want := range t.meta.Files {
		name := filepath.Join(want.Path[1:]...)
		target := content.File{Path: filepath.Join(dir, name), Length: want.Length, Padding: want.Padding}
		if want.Padding {
			p.files, p.stamps = append(p.files, target), append(p.stamps, content.Stamp{})
			continue
		}
		f, ok := s.find(dir, want.Path[1:])
		if !ok {
			wrong.note(true, "%s is missing", name)
			continue
		}
		if f.stamp.Size != want.Length {
			wrong.note(false, "%s is %d bytes, the torrent says %d", name, f.stamp.Size, want.Length)
		}
		target.Path = f.path
		p.files, p.stamps = append(p.files, target), append(p.stamps, f.stamp)
		p.ids = append(p.ids, f.id)
		p.settled = p.settled && f.settled
	}
	if wrong.text == "" {
		return p, nil
	}
	wrong.settled, wrong.ids = p.settled, p.ids
	return nil, &wrong
}

// note keeps the first thing that is wrong, but says a wrong size rather than a missing file: what is missing may
// still come.
func (m *mismatch) note(missing bool, format string, args ...any) {
	if m.text == "" || m.missing && !missing {
		m.text, m.missing = fmt.Sprintf(format, args...), missing
	}
}
