package library

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// torrent is a .torrent file that was read.
type torrent struct {
	path  string
	stamp content.Stamp
	own   bool // made by this program from data of the library: it follows them, where others are followed
	meta  *metafile.Metafile
}

// isSingle reports whether the data are one file, not a folder.
func (t *torrent) isSingle() bool { return len(t.meta.Files) == 1 && len(t.meta.Files[0].Path) == 1 }

// catalog holds what the .torrent files say, and reads each only when it has changed. It keeps them without their
// pieces, which are most of a .torrent and of no use while nothing is verified.
type catalog struct {
	dir     string // where created .torrent files are
	creator string // what "created by" begins with in them
	pages   map[string]page
	waiting map[string]bool // folders with a .torrent that is still growing
}

// page is what came of reading one .torrent file.
type page struct {
	stamp content.Stamp
	meta  *metafile.Metafile
	err   error
}

func newCatalog(dir, createdBy string) *catalog {
	return &catalog{dir: dir, creator: product(createdBy), pages: make(map[string]page)}
}

// read brings the catalog up to date with the snapshot and returns one torrent for each info-hash: a .torrent in the
// library goes before one in the catalog's own directory, else the path decides.
func (c *catalog) read(s snapshot) ([]*torrent, []Problem) {
	files, problems := c.list(s)
	pages := make(map[string]page, len(files))
	c.waiting = make(map[string]bool)
	byHash := make(map[[20]byte]*torrent, len(files))
	var torrents []*torrent
	for _, f := range files {
		current, ok := c.turn(f)
		if !ok {
			c.waiting[filepath.Dir(f.path)] = true
			continue
		}
		pages[f.path] = current
		if current.err != nil {
			problems = append(problems, Problem{f.path, current.text(f.path)})
			continue
		}
		t := &torrent{path: f.path, stamp: current.stamp, own: c.isOwn(f.path, current.meta), meta: current.meta}
		for _, warning := range t.meta.Warnings {
			problems = append(problems, Problem{t.path, warning})
		}
		first, taken := byHash[t.meta.InfoHash]
		if !taken {
			byHash[t.meta.InfoHash] = t
			torrents = append(torrents, t)
		} else if filepath.Dir(t.path) != c.dir { // one that was made before the library had it says nothing new
			problems = append(problems, Problem{t.path, "has the info-hash of " + first.path})
		}
	}
	c.pages = pages
	return torrents, problems
}

// list returns the .torrent files of the library and of the catalog's directory, each once, the library's first.
func (c *catalog) list(s snapshot) (files []*file, problems []Problem) {
	seen := make(map[identity]bool)
	for _, path := range sortedKeys(s.files) {
		if f := s.files[path]; isMetafile(path) && !seen[f.id] {
			seen[f.id] = true
			files = append(files, f)
		}
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		problems = append(problems, Problem{c.dir, "cannot be read: " + cause(err)})
	}
	for _, entry := range entries {
		if !isMetafile(entry.Name()) || isTemporary(entry.Name()) {
			continue
		}
		path := filepath.Join(c.dir, entry.Name())
		info, err := os.Stat(path)
		if err != nil {
			problems = append(problems, Problem{path, "cannot be read: " + cause(err)})
		} else if id := identityOf(info); info.Mode().IsRegular() && !seen[id] {
			seen[id] = true
			// What is written here is renamed into place: there is no growing to wait for.
			files = append(files, &file{seen: path, path: path, stamp: stampOf(info), id: id, settled: true})
		}
	}
	return files, problems
}

// turn returns what f says. While f changes it is what f said before, if there was anything.
func (c *catalog) turn(f *file) (page, bool) {
	known, ok := c.pages[f.path]
	if ok && known.stamp == f.stamp {
		return known, true
	}
	if !f.settled {
		return known, ok
	}
	meta, err := load(f.path)
	if err == nil {
		meta = slim(meta)
	}
	return page{stamp: f.stamp, meta: meta, err: err}, true
}

// load reads a .torrent whose data can be seeded.
func load(path string) (*metafile.Metafile, error) {
	meta, err := metafile.Load(path)
	if err == nil && !meta.HasV1 {
		return nil, fmt.Errorf("read torrent: %s: %q is a v2-only torrent, which sixseed does not seed yet", path, meta.Name)
	}
	return meta, err
}

// loadWhole reads t with its pieces. An error is returned too if the file has become another torrent.
func loadWhole(t *torrent) (*metafile.Metafile, error) {
	meta, err := load(t.path)
	if err != nil {
		return nil, err
	}
	if meta.InfoHash != t.meta.InfoHash {
		return nil, fmt.Errorf("%s: is another torrent now", t.path)
	}
	return meta, nil
}

// add puts in a .torrent that was just written to path.
func (c *catalog) add(path string, data []byte) (*torrent, error) {
	meta, err := metafile.Parse(data)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	meta.Path = path
	t := &torrent{path: path, stamp: stampOf(info), own: true, meta: slim(meta)}
	c.pages[path] = page{stamp: t.stamp, meta: t.meta}
	return t, nil
}

// has reports whether what is at path now is in the catalog.
func (c *catalog) has(path string) bool {
	known, ok := c.pages[path]
	stamp, err := content.StampOf(path)
	return ok && err == nil && stamp == known.stamp
}

// isOwn reports whether the .torrent at path was made by this program, by any version of it.
func (c *catalog) isOwn(path string, meta *metafile.Metafile) bool {
	return filepath.Dir(path) == c.dir && c.creator != "" && product(meta.CreatedBy) == c.creator
}

// text is the page's error without the path, which the problem's subject names.
func (p page) text(path string) string {
	if pathError := (*fs.PathError)(nil); errors.As(p.err, &pathError) {
		return "cannot be read: " + cause(p.err)
	}
	return strings.TrimPrefix(p.err.Error(), "read torrent: "+path+": ")
}

// slim returns meta without what is large.
func slim(meta *metafile.Metafile) *metafile.Metafile {
	light := *meta
	light.Pieces, light.Roots, light.Layers, light.InfoBytes = nil, nil, nil, nil
	return &light
}

// product is the name in "name/version" or "name version".
func product(createdBy string) string {
	name, _, _ := strings.Cut(createdBy, "/")
	name, _, _ = strings.Cut(name, " ")
	return name
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
