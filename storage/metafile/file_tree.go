package metafile

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// maxTreePaths bounds the paths of a file tree together, in bytes. In the tree the name of a directory stands once for
// all that is in it, so a small hostile file could name very many long paths.
const maxTreePaths = maxSize

// stringHeader is the memory that a string takes beside its text, in bytes.
const stringHeader = 16

// fileTree gathers the files of a "file tree" in order: BEP 52.
type fileTree struct {
	files []File
	roots [][32]byte // of the files
	links []string   // symbolic links
	paths int        // the bytes of memory that all paths take
}

// readFileTree reads the files of version 2. Of a hybrid torrent they must be those of version 1.
func (m *Metafile) readFileTree(info dictionary) error {
	if m.PieceLength < smallestPiece || m.PieceLength > maxPieceLength || m.PieceLength&(m.PieceLength-1) != 0 {
		return fmt.Errorf("piece length %d is not a power of two between %d and %d, as version 2 needs",
			m.PieceLength, smallestPiece, maxPieceLength)
	}
	var tree map[string]any
	if err := info.decode("file tree", &tree); err != nil {
		return err
	}
	above := []string{m.Name}
	if m.isSingle(info, tree) {
		above = nil
	}
	var below fileTree
	if err := below.readDirectory(above, tree); err != nil {
		return fmt.Errorf("file tree: %w", err)
	}
	if m.HasV1 {
		return m.joinHalves(below)
	}
	for _, link := range below.links {
		m.warn("symbolic link %q: links are not seeded", link)
	}
	if len(below.files) > 0 {
		m.Files = pad(below.files, m.PieceLength)
	}
	m.setRoots(below.roots)
	return nil
}

// isSingle says whether the tree is that of a single file. Only version 1 says so; in version 2 alone, it is the name
// of the torrent being that of the only file.
func (m *Metafile) isSingle(info dictionary, tree map[string]any) bool {
	if m.HasV1 {
		return info["length"] != nil
	}
	node, _ := tree[m.Name].(map[string]any)
	return len(tree) == 1 && node[""] != nil
}

// setRoots gives the files that are not padding their roots, in order.
func (m *Metafile) setRoots(roots [][32]byte) {
	m.Roots = make([][32]byte, len(m.Files))
	for i, file := range m.Files {
		if !file.Padding {
			m.Roots[i], roots = roots[0], roots[1:]
		}
	}
}

// joinHalves checks that both versions of a hybrid torrent have the same files at the same pieces.
func (m *Metafile) joinHalves(t fileTree) error {
	rest, at := t.files, int64(0)
	for _, file := range m.Files {
		switch {
		case file.Padding:
		case len(rest) == 0:
			return fmt.Errorf("the file tree lacks %q of version 1", file.path())
		case !slices.Equal(file.Path, rest[0].Path) || file.Length != rest[0].Length:
			return fmt.Errorf("%q with %d bytes in version 1 is %q with %d bytes in the file tree",
				file.path(), file.Length, rest[0].path(), rest[0].Length)
		case file.Length > 0 && at%m.PieceLength != 0:
			return fmt.Errorf("%q does not begin at a piece, as version 2 needs", file.path())
		default:
			rest = rest[1:]
		}
		at += file.Length
	}
	if len(rest) > 0 {
		return fmt.Errorf("version 1 lacks %q of the file tree", rest[0].path())
	}
	m.setRoots(t.roots)
	return nil
}

// readDirectory reads what is in a directory. A file is a directory with an empty name in it.
func (t *fileTree) readDirectory(above []string, directory map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(directory)) {
		path := append(slices.Clip(above), name)
		if err := t.readNode(path, directory[name]); err != nil {
			return err
		}
	}
	return nil
}

func (t *fileTree) readNode(path []string, value any) error {
	if err := checkPath(path); err != nil {
		return err
	}
	for _, element := range path {
		t.paths += len(element) + stringHeader
	}
	if t.paths > maxTreePaths {
		return fmt.Errorf("the paths take more than %d MiB", maxTreePaths>>20)
	}
	node, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%q is not a dictionary", strings.Join(path, "/"))
	}
	properties, isFile := node[""]
	switch {
	case !isFile:
		return t.readDirectory(path, node)
	case len(node) > 1:
		return fmt.Errorf("%q is a file and a directory", strings.Join(path, "/"))
	}
	if err := t.readFile(path, properties); err != nil {
		return fmt.Errorf("%q: %w", strings.Join(path, "/"), err)
	}
	return nil
}

func (t *fileTree) readFile(path []string, value any) error {
	properties, _ := value.(map[string]any)
	length, hasLength := properties["length"].(int64)
	root, _ := properties["pieces root"].(string)
	attributes, _ := properties["attr"].(string)
	entry := fileEntry{Length: length, Attr: attributes}
	switch {
	case entry.has("l") && length == 0:
		t.links = append(t.links, strings.Join(path, "/"))
		return nil
	case entry.has("p"):
		return errors.New("padding, which only version 1 has")
	case !hasLength:
		return errors.New(`no integer "length"`)
	case length < 0 || length > math.MaxInt64-maxPieceLength:
		return fmt.Errorf("has the length %d", length)
	case length > 0 && len(root) != 32:
		return fmt.Errorf(`"pieces root" has %d bytes, not 32`, len(root))
	}
	t.files = append(t.files, File{Path: path, Length: length})
	var sum [32]byte
	if length > 0 {
		sum = [32]byte([]byte(root))
	}
	t.roots = append(t.roots, sum)
	return nil
}
