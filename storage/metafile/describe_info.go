package metafile

import "strings"

// readInfo fills in what the info dictionary says.
func (d *Description) readInfo(info members) {
	d.Name = d.text(info, "name")
	d.PieceLength = d.number(info, "piece length")
	d.Private = d.number(info, "private") == 1 // BEP 27
	d.Source = d.text(info, "source")
	d.Version = version(info)
	d.readFiles(info)
	d.sumLengths()
	d.Pieces = int64(len(d.text(info, "pieces")) / 20)
	if d.Version == "v2" {
		d.Pieces = d.alignedPieces()
	}
	d.UnknownInfoKeys = unknown(info, keys("name", "piece length", "pieces", "private", "source", "length", "files",
		"meta version", "file tree", "name.utf-8", "md5sum", "attr", "symlink path"))
}

// version returns which versions of the format an info dictionary is of: BEP 52, "upgrade path".
func version(info members) string {
	number, _ := info.get("meta version").number()
	switch v1, v2 := info.get("pieces") != nil, info.get("file tree") != nil; {
	case v1 && v2 && number == 2:
		return "hybrid"
	case v2 && !v1:
		return "v2"
	}
	return "v1"
}

// readFiles fills in the files: of version 1 as far as there is one, and what version 2 adds to them.
func (d *Description) readFiles(info members) {
	tree := d.readTree(info)
	switch {
	case d.Version == "v2":
		d.Files = append(d.Files, tree...)
		return
	case info.get("files") != nil:
		d.Files = d.fileList(info)
	default:
		d.Files = []DescribedFile{{Path: d.Name, Length: d.number(info, "length")}}
	}
	roots := make(map[string]string, len(tree))
	for _, file := range tree {
		roots[file.Path] = file.PiecesRoot
	}
	for i := range d.Files {
		d.Files[i].PiecesRoot = roots[d.Files[i].Path]
	}
}

// fileList returns the files of the key "files".
func (d *Description) fileList(info members) []DescribedFile {
	items, ok := info.get("files").items()
	d.expect(ok, "files", "a list")
	files := make([]DescribedFile, 0, len(items))
	odd := 0
	for _, item := range items {
		file, ok := item.members()
		path, pathOK := file.get("path").texts()
		length, lengthOK := file.get("length").number()
		attributes, _ := file.get("attr").text()
		if !ok || !pathOK || !lengthOK {
			odd++
		}
		files = append(files, DescribedFile{
			Path: strings.Join(path, "/"), Length: length, Padding: strings.Contains(attributes, "p"), Link: link(file),
		})
	}
	if odd > 0 {
		d.note("wrong-type", "%d of %d files have not both a path and a length", odd, len(files))
	}
	return files
}

// link returns where a symbolic link leads to, "" for other files.
func link(file members) string {
	path, _ := file.get("symlink path").texts()
	return strings.Join(path, "/")
}

// sumLengths fills in the lengths of all files together. Impossible ones do not count.
func (d *Description) sumLengths() {
	for _, file := range d.Files {
		sum := &d.Length
		if file.Padding {
			sum = &d.Padding
		}
		if file.Length > 0 && *sum+file.Length > 0 {
			*sum += file.Length
		}
	}
}

// alignedPieces returns the number of pieces if every file begins with one, as in version 2.
func (d *Description) alignedPieces() int64 {
	var pieces int64
	for _, file := range d.Files {
		if file.Length > 0 && d.PieceLength > 0 {
			pieces += (file.Length-1)/d.PieceLength + 1
		}
	}
	return pieces
}
