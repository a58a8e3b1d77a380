package metafile

import (
	"fmt"
	"path/filepath"
)

// EditFile is Edit for the .torrent at path. The file stays as it is until Save. The error names the file.
func EditFile(path string, changes Changes) (Edited, error) {
	data, err := read(path)
	if err != nil {
		return Edited{}, err
	}
	edited, err := Edit(data, changes)
	if err != nil {
		return Edited{}, fmt.Errorf("%s: %w", path, err)
	}
	edited.Path = path
	return edited, nil
}

// Save replaces the file that was edited, or the one its path is a symbolic link to, if anything changed.
func (e Edited) Save() error {
	if !e.Changed {
		return nil
	}
	path, err := filepath.EvalSymlinks(e.Path)
	if err != nil {
		return fmt.Errorf("write torrent: %w", err)
	}
	return Write(path, e.Data)
}
