package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sixseed/storage/metafile"
)

// standardOutput is what --output says to write to standard output.
const standardOutput = "-"

// targets returns where the torrent of each path goes: a file each, or standardOutput.
func (c *createCommand) targets() ([]string, error) {
	folder, one := c.folder()
	switch {
	case one && len(c.Paths) > 1:
		return nil, usageError(fmt.Sprintf("--output: %s can hold one torrent, but there are %d paths: name a directory", c.Output, len(c.Paths)))
	case one:
		return []string{c.Output}, nil
	}
	var targets []string
	from := map[string]string{}
	for _, path := range c.Paths {
		name, err := nameOf(path, c.Name)
		if err != nil {
			return nil, err
		}
		target := filepath.Join(folder, name+".torrent")
		if other, taken := from[target]; taken {
			return nil, usageError(fmt.Sprintf("%s and %s would both be written to %s", other, path, target))
		}
		from[target] = path
		targets = append(targets, target)
	}
	return targets, nil
}

// folder returns the directory that --output means, "" for the working directory, or that it means one output.
func (c *createCommand) folder() (folder string, one bool) {
	if c.Output == "" {
		return "", false
	}
	if stat, err := os.Stat(c.Output); err == nil && stat.IsDir() || os.IsPathSeparator(c.Output[len(c.Output)-1]) {
		return c.Output, false
	}
	return "", true
}

// mayWrite says whether target is free to be written to.
func (o *createOrder) mayWrite(target string) error {
	if o.force || target == standardOutput {
		return nil
	}
	if _, err := os.Lstat(target); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("create torrent: %s is there already: --force overwrites it", target))
	}
	return nil
}

// write writes a .torrent. The target is looked at once more, since hashing took its time.
func (o *createOrder) write(target string, data []byte, s *streams) error {
	if target == standardOutput {
		if _, err := s.Out.Write(data); err != nil {
			return fmt.Errorf("write torrent to standard output: %w", err)
		}
		return nil
	}
	if err := o.mayWrite(target); err != nil {
		return err
	}
	return metafile.Write(target, data)
}
