package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// wrongFile is a file that is not as long as the torrent says, or not there.
type wrongFile struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"` // "missing", "short", "long" or "no-file", which is a directory or a device
	Length int64  `json:"length"`
	OnDisk int64  `json:"on_disk"`
}

// torrentData is a torrent and the data that are to be its own.
type torrentData struct {
	torrent *metafile.Metafile
	root    string // absolute; the file, or the directory
	layout  content.Layout
	digests content.Digests
	files   map[string]dataFile // by absolute path
	wrong   []wrongFile
	extra   []string
	unread  int // pieces of missing files, of which nothing is said by verifying: version 2 knows no piece of padding
}

// dataFile is one file of the data.
type dataFile struct {
	name   string // in the torrent
	onDisk int64  // bytes
}

// findData finds the data of a torrent at the path given, or beside the .torrent file if it is empty. What is wrong with
// single files is no error.
func findData(torrent *metafile.Metafile, given string) (*torrentData, error) {
	root, err := dataRoot(torrent, given)
	if err != nil {
		return nil, err
	}
	d := &torrentData{torrent: torrent, root: root, files: map[string]dataFile{}, wrong: []wrongFile{}, extra: []string{}}
	files := make([]content.File, len(torrent.Files))
	for i, file := range torrent.Files {
		if files[i], err = d.look(file); err != nil {
			return nil, err
		}
	}
	if d.layout, err = content.NewLayout(files, torrent.PieceLength); err != nil {
		return nil, err
	}
	d.digests = content.Digests{Pieces: torrent.Pieces, Roots: torrent.Roots, Layers: torrent.Layers}
	if severalFiles(torrent) {
		err = d.findExtra()
	}
	return d, err
}

// severalFiles says whether the data of a torrent are a directory, be it one with a single file.
func severalFiles(torrent *metafile.Metafile) bool {
	return len(torrent.Files) != 1 || len(torrent.Files[0].Path) > 1
}

// dataRoot returns the path of the data: what was given, or, if that is a directory of another name, what has the
// torrent's name in it.
func dataRoot(torrent *metafile.Metafile, given string) (string, error) {
	if given == "" {
		given = filepath.Dir(torrent.Path)
	}
	root, err := filepath.Abs(given)
	if err != nil {
		return "", err
	}
	stat, err := os.Stat(root)
	if err != nil {
		return "", err
	}
	inside := filepath.Join(root, torrent.Name)
	if stat.IsDir() && (!severalFiles(torrent) || filepath.Base(root) != torrent.Name) && present(inside) {
		root = inside
	}
	switch stat, err = os.Stat(root); {
	case err != nil:
		return "", err
	case stat.IsDir() && !severalFiles(torrent):
		return "", fmt.Errorf("%s: no file %q in it", root, torrent.Name)
	case !stat.IsDir() && severalFiles(torrent):
		return "", fmt.Errorf("%s: not a directory, as the data of %q are", root, torrent.Name)
	}
	return root, nil
}

func present(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// look returns a file of the torrent as it is to be hashed, and notes what is wrong with it: data that are not there are
// taken as zeros, so that the pieces they share with other files are found wrong and all others can be right.
func (d *torrentData) look(file metafile.File) (content.File, error) {
	inside := file.Path[1:]
	hashed := content.File{Path: filepath.Join(d.root, filepath.Join(inside...)), Length: file.Length, Padding: file.Padding}
	if file.Padding {
		return hashed, nil
	}
	name := strings.Join(inside, "/")
	if name == "" {
		name = d.torrent.Name
	}
	kind, size, err := measure(hashed.Path, file.Length)
	if err != nil {
		return hashed, err
	}
	d.files[hashed.Path] = dataFile{name: name, onDisk: size}
	if kind != "" {
		d.wrong = append(d.wrong, wrongFile{Path: name, Kind: kind, Length: file.Length, OnDisk: size})
		hashed.OnDisk, hashed.Padding = size, size == 0
		if hashed.Padding && !d.torrent.HasV1 {
			d.unread += int((file.Length + d.torrent.PieceLength - 1) / d.torrent.PieceLength)
		}
	}
	return hashed, nil
}

// measure returns the size of a file in bytes, and the kind of wrongFile that it is, "" if it is none.
func measure(path string, want int64) (kind string, size int64, err error) {
	stat, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENOTDIR):
		return "missing", 0, nil
	case err != nil:
		return "", 0, err
	case !stat.Mode().IsRegular():
		return "no-file", 0, nil
	case stat.Size() < want:
		return "short", stat.Size(), nil
	case stat.Size() > want:
		return "long", stat.Size(), nil
	}
	return "", stat.Size(), nil
}

// findExtra notes the files in the directory that the torrent does not name.
func (d *torrentData) findExtra() error {
	padding := map[string]bool{}
	for _, file := range d.torrent.Files {
		if file.Padding {
			padding[filepath.Join(d.root, filepath.Join(file.Path[1:]...))] = true // some clients write them
		}
	}
	return filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, named := d.files[path]; named || padding[path] || entry.IsDir() {
			return nil
		}
		inside, err := filepath.Rel(d.root, path)
		d.extra = append(d.extra, filepath.ToSlash(inside))
		return err
	})
}
