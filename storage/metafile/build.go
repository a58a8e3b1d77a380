package metafile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anacrolix/torrent/bencode"
)

// Recipe is what a .torrent of a single file is made from.
type Recipe struct {
	Name        string
	Length      int64  // bytes
	PieceLength int64  // bytes
	Pieces      []byte // the SHA-1 of every piece, 20 bytes each
	Tiers       [][]string
	Webseeds    []string
	CreatedBy   string    // left out if empty
	Created     time.Time // left out if zero
}

// Build returns the .torrent, version 1 of the format. What could not be read again is refused: Parse would accept
// the result, and without warnings.
func Build(recipe Recipe) ([]byte, error) {
	data, err := bencode.Marshal(recipe.outer())
	if err != nil {
		return nil, fmt.Errorf("build torrent of %q: %w", recipe.Name, err)
	}
	m, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("build torrent of %q: %w", recipe.Name, err)
	}
	if len(m.Warnings) > 0 {
		return nil, fmt.Errorf("build torrent of %q: %w", recipe.Name, errors.New(strings.Join(m.Warnings, "; ")))
	}
	return data, nil
}

// outer returns the dictionary that is the file. The encoder sorts its keys.
func (r Recipe) outer() map[string]any {
	outer := map[string]any{"info": map[string]any{
		"name":         r.Name,
		"length":       r.Length,
		"piece length": r.PieceLength,
		"pieces":       r.Pieces,
	}}
	if r.CreatedBy != "" {
		outer["created by"] = r.CreatedBy
	}
	if !r.Created.IsZero() {
		outer["creation date"] = r.Created.Unix()
	}
	setTrackers(outer, r.Tiers)
	setWebseeds(outer, r.Webseeds)
	return outer
}

// setWebseeds sets "url-list". BEP 19 allows a list of a single URL, but not every client reads one.
func setWebseeds(outer map[string]any, urls []string) {
	switch len(urls) {
	case 0:
	case 1:
		outer["url-list"] = urls[0]
	default:
		outer["url-list"] = urls
	}
}

// setTrackers sets "announce", and "announce-list" only if it says more than that: BEP 12.
func setTrackers(outer map[string]any, all [][]string) {
	var urls []string
	var tiers [][]string
	for _, tier := range all {
		if len(tier) > 0 {
			tiers = append(tiers, tier)
		}
		urls = append(urls, tier...)
	}
	if len(urls) > 0 {
		outer["announce"] = urls[0]
	}
	if len(urls) > 1 {
		outer["announce-list"] = tiers
	}
}
