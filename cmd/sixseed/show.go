package main

import (
	"context"
	"errors"
	"net"

	"sixseed/storage/metafile"
)

// showCommand prints what .torrent files say, and what is odd about them.
//
// With --json it prints a list of one object per file: "path", and either "error" or the keys of metafile.Description.
type showCommand struct {
	Torrents []string `arg:"" name:"file" help:"The .torrent files."`
	Files    bool     `help:"List all the files of a torrent, not only the first ones."`
	Resolve  bool     `help:"Look up the trackers' names, and say which have addresses of one family only."`
	JSON     bool     `name:"json" help:"Print a list as JSON, with everything that is known of each file."`
}

// shown is what is printed of one .torrent.
type shown struct {
	Path  string `json:"path"`
	Error string `json:"error,omitempty"` // why there is no more
	*metafile.Description
}

// exitCodes implements exitCoder.
func (*showCommand) exitCodes() exitCodes {
	return exitCodes{done: "every file was shown, odd ones too", failed: "a file cannot be read as a .torrent", wrong: "wrong usage"}
}

// Run shows the files one after the other. Those that cannot be read do not keep it from the others.
func (c *showCommand) Run(ctx context.Context, out *streams) error {
	torrents, err := c.describe(ctx, net.DefaultResolver)
	if c.JSON {
		return errors.Join(writeJSON(out.Out, torrents), err)
	}
	return errors.Join(printTorrents(out.Out, torrents, c.Files), err)
}

// describe returns what is known of every file, and the errors of those that cannot be read.
func (c *showCommand) describe(ctx context.Context, names resolver) ([]shown, error) {
	var torrents []shown
	var failed []error
	for _, path := range c.Torrents {
		if err := ctx.Err(); err != nil {
			return torrents, err
		}
		description, err := metafile.LoadDescription(path)
		if err != nil {
			torrents = append(torrents, shown{Path: path, Error: err.Error()})
			failed = append(failed, err)
			continue
		}
		if c.Resolve {
			description.Odd = append(description.Odd, lintFamilies(ctx, names, description.Tiers)...)
		}
		torrents = append(torrents, shown{Path: path, Description: &description})
	}
	return torrents, errors.Join(failed...)
}
