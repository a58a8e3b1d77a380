package metafile

import (
	"encoding/hex"
	"strings"
)

// treeListing gathers the files of a "file tree" (BEP 52).
type treeListing struct {
	files []DescribedFile
	size  int // of all paths, in bytes; bounded as when they are parsed
}

// readTree returns the files of the key "file tree".
func (d *Description) readTree(info members) []DescribedFile {
	value := info.get("file tree")
	if value == nil {
		return nil
	}
	root, ok := value.members()
	d.expect(ok, "file tree", "a dictionary")
	var listing treeListing
	listing.read("", root)
	if listing.size > maxTreePaths {
		d.note("left-out", "the paths of the file tree take more than %d MiB: not all files are shown", maxTreePaths>>20)
	}
	return listing.files
}

// read adds the files of a directory, whose path is above. The key of a file's own dictionary is empty.
func (r *treeListing) read(above string, directory members) {
	for _, node := range directory {
		below, _ := node.value.members()
		if r.size += len(above) + len(node.key); r.size > maxTreePaths {
			return
		}
		if node.key != "" {
			r.read(strings.TrimPrefix(above+"/"+node.key, "/"), below)
			continue
		}
		length, _ := below.get("length").number()
		root, _ := below.get("pieces root").text()
		r.files = append(r.files, DescribedFile{
			Path: above, Length: length, Link: link(below), PiecesRoot: hex.EncodeToString([]byte(root)),
		})
	}
}
