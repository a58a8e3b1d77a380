package main

import (
	"errors"
	"fmt"
	"net"
	"path"
	"strconv"
	"strings"
	"time"

	"sixseed/storage/metafile"
)

// createOrder is what was ordered for all torrents of a command line, checked.
type createOrder struct {
	recipe      metafile.Recipe // without what the data say
	version     torrentVersion
	pieceLength int64 // bytes; 0 to choose by size
	name        string
	exclude     []string
	force       bool
	checksums   bool
}

// torrentVersion is the version of the format.
type torrentVersion string

// The versions that can be made.
const (
	versionOne    torrentVersion = "v1"
	versionHybrid torrentVersion = "hybrid"
	versionTwo    torrentVersion = "v2"
)

// order checks the flags. What is wrong with them is found here, before anything is hashed; the error is a usageError.
func (c *createCommand) order(now time.Time) (*createOrder, error) {
	o := &createOrder{
		version: versionOne, pieceLength: int64(c.PieceLength),
		name: c.Name, exclude: c.Exclude, force: c.Force, checksums: !c.NoChecksums,
		recipe: metafile.Recipe{
			Comment: c.Comment, Source: c.Source, Private: c.Private, Nodes: c.Node,
			CreatedBy: "sixseed/" + version,
		},
	}
	switch {
	case c.Hybrid:
		o.version = versionHybrid
	case c.V2:
		o.version = versionTwo
	}
	if !c.NoDate {
		o.recipe.Created = now
	}
	for _, tier := range c.Announce {
		o.recipe.Tiers = append(o.recipe.Tiers, strings.Split(tier, ","))
	}
	for _, urls := range c.Webseed {
		o.recipe.Webseeds = append(o.recipe.Webseeds, strings.Split(urls, ",")...)
	}
	return o, errors.Join(c.checkUsage(), c.checkURLs(o.recipe))
}

// checkUsage checks what flags and arguments there are, and the forms of those that are for nobody else to check.
func (c *createCommand) checkUsage() error {
	switch {
	case c.Name != "" && len(c.Paths) > 1:
		return usageError(fmt.Sprintf("--name: %d paths cannot have one name", len(c.Paths)))
	case c.JSON && c.Output == standardOutput:
		return usageError("--json: standard output is for the torrent already")
	}
	for _, glob := range c.Exclude {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return usageError(fmt.Sprintf("--exclude: %q is no pattern such as *.part", glob))
		}
	}
	for _, node := range c.Node {
		if err := checkNode(node); err != nil {
			return usageError(fmt.Sprintf("--node: %q is no HOST:PORT: %v", node, err))
		}
	}
	return nil
}

// checkNode checks a host and port.
func checkNode(node string) error {
	host, port, err := net.SplitHostPort(node)
	if err != nil {
		return err
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return errors.New("the port is not between 1 and 65535")
	}
	if host == "" {
		return errors.New("there is no host")
	}
	return nil
}

// checkURLs has the smallest torrent made that names the trackers and webseeds: who builds torrents knows best which URLs
// can be in one.
func (c *createCommand) checkURLs(wanted metafile.Recipe) error {
	for _, tier := range append(wanted.Tiers, wanted.Webseeds) {
		for _, url := range tier {
			if url == "" {
				return usageError("a URL is empty: look for a comma too many in --announce and --webseed")
			}
		}
	}
	_, err := metafile.Build(metafile.Recipe{
		Name: "trial", Length: 1, PieceLength: 1 << smallestExponent, Pieces: make([]byte, 20),
		Tiers: wanted.Tiers, Webseeds: wanted.Webseeds,
	})
	if err == nil {
		return nil
	}
	if reason := errors.Unwrap(err); reason != nil {
		err = reason // without the trial's name
	}
	return usageError(err.Error())
}
