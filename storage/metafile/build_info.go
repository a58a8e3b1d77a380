package metafile

import (
	"errors"
	"fmt"
)

// info returns the info dictionary.
func (r Recipe) info() (map[string]any, error) {
	info := map[string]any{"name": r.Name, "piece length": r.PieceLength}
	setText(info, "source", r.Source)
	if r.Private {
		info["private"] = 1 // BEP 27
	}
	for _, file := range r.Files {
		if len(file.Path) < 2 || file.Path[0] != r.Name {
			return nil, fmt.Errorf("path %q does not begin with the name", file.path())
		}
	}
	if r.Pieces != nil {
		r.setV1(info)
	}
	if r.Roots == nil {
		return info, nil
	}
	return info, r.setV2(info)
}

// setV1 sets the keys of version 1: BEP 3.
func (r Recipe) setV1(info map[string]any) {
	info["pieces"] = r.Pieces
	if r.Files == nil {
		info["length"] = r.Length
		return
	}
	entries := make([]map[string]any, len(r.Files))
	for i, file := range r.Files {
		entries[i] = map[string]any{"length": file.Length, "path": file.Path[1:]}
		if file.Padding {
			entries[i]["attr"] = "p" // BEP 47
		}
	}
	info["files"] = entries
}

// setV2 sets the keys of version 2: BEP 52.
func (r Recipe) setV2(info map[string]any) error {
	tree := map[string]any{}
	for i, file := range r.files() {
		if file.Padding {
			continue
		}
		path := file.Path
		if r.Files != nil {
			path = path[1:] // the tree is that below the name
		}
		properties := map[string]any{"length": file.Length}
		if file.Length > 0 {
			properties["pieces root"] = r.Roots[i][:]
		}
		if err := plant(tree, path, properties); err != nil {
			return fmt.Errorf("path %q: %w", file.path(), err)
		}
	}
	info["meta version"] = 2
	info["file tree"] = tree
	return nil
}

// plant puts a file into the tree, with the directories on the way to it.
func plant(tree map[string]any, path []string, properties map[string]any) error {
	for _, element := range path {
		node, ok := tree[element].(map[string]any)
		if !ok {
			node = map[string]any{}
			tree[element] = node
		}
		tree = node
	}
	if len(tree) > 0 {
		return errors.New("appears twice, or is a file and a directory")
	}
	tree[""] = properties
	return nil
}
