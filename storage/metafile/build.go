package metafile

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/anacrolix/torrent/bencode"
)

// Recipe is what a .torrent is made from: of version 1 with Pieces, of version 2 with Roots, a hybrid with both.
type Recipe struct {
	Name        string // of the file or of the directory
	Length      int64  // bytes; of a single file
	Files       []File // of several files, as Arrange returns them; nil for a single file
	PieceLength int64  // bytes

	Pieces []byte              // the SHA-1 of every piece, 20 bytes each
	Roots  [][32]byte          // the "pieces root" of every file, zero for empty ones and for padding
	Layers map[[32]byte][]byte // by root, the "piece layers" of files longer than a piece, 32 bytes a piece

	Tiers     [][]string // tracker URLs
	Webseeds  []string   // URLs
	Nodes     []string   // of the DHT, as host:port (BEP 5)
	Comment   string     // left out if empty
	CreatedBy string     // left out if empty
	Created   time.Time  // left out if zero
	Source    string     // left out if empty; part of the info dictionary
	Private   bool       // BEP 27; part of the info dictionary
}

// Build returns the .torrent. What could not be read again is refused: Parse would accept the result, without warnings,
// and find the same files.
func Build(recipe Recipe) ([]byte, error) {
	data, err := recipe.build()
	if err != nil {
		return nil, fmt.Errorf("build torrent of %q: %w", recipe.Name, err)
	}
	return data, nil
}

func (r Recipe) build() ([]byte, error) {
	if r.Roots != nil && len(r.Roots) != len(r.files()) {
		return nil, fmt.Errorf("%d roots for %d files", len(r.Roots), len(r.files()))
	}
	outer, err := r.outer()
	if err != nil {
		return nil, err
	}
	data, err := bencode.Marshal(outer)
	if err != nil {
		return nil, err
	}
	m, err := Parse(data)
	switch {
	case err != nil:
		return nil, err
	case len(m.Warnings) > 0:
		return nil, errors.New(strings.Join(m.Warnings, "; "))
	case !slices.EqualFunc(m.Files, r.files(), File.equal):
		return nil, r.otherFiles(m)
	}
	return data, nil
}

// otherFiles says why the files that were read back are not those of the recipe.
func (r Recipe) otherFiles(m *Metafile) error {
	if len(m.Files) == 1 && len(m.Files[0].Path) == 1 {
		return errors.New("version 2 alone cannot tell a directory with one file of the same name from that file")
	}
	return errors.New("the files are not in the order and with the padding that Arrange gives them")
}

// files returns the files of the torrent, also if it is one.
func (r Recipe) files() []File {
	if r.Files == nil {
		return []File{{Path: []string{r.Name}, Length: r.Length}}
	}
	return r.Files
}

func (f File) equal(other File) bool {
	return slices.Equal(f.Path, other.Path) && f.Length == other.Length && f.Padding == other.Padding
}

// outer returns the dictionary that is the file. The encoder sorts its keys.
func (r Recipe) outer() (map[string]any, error) {
	info, err := r.info()
	if err != nil {
		return nil, err
	}
	outer := map[string]any{"info": info}
	setText(outer, "comment", r.Comment)
	setText(outer, "created by", r.CreatedBy)
	if !r.Created.IsZero() {
		outer["creation date"] = r.Created.Unix()
	}
	if r.Roots != nil {
		layers := make(map[string]any, len(r.Layers))
		for root, layer := range r.Layers {
			layers[string(root[:])] = layer
		}
		outer["piece layers"] = layers
	}
	setTrackers(outer, r.Tiers)
	setWebseeds(outer, r.Webseeds)
	return outer, setNodes(outer, r.Nodes)
}

// setText sets a key, unless there is nothing to say.
func setText(d map[string]any, key, text string) {
	if text != "" {
		d[key] = text
	}
}

// setNodes sets "nodes", a list of pairs of host and port: BEP 5, "torrent file extensions".
func setNodes(outer map[string]any, nodes []string) error {
	var pairs [][]any
	for _, node := range nodes {
		host, text, err := net.SplitHostPort(node)
		if err != nil {
			return fmt.Errorf("node %q: %w", node, err)
		}
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 || host == "" {
			return fmt.Errorf("node %q: not a host and a port between 1 and 65535", node)
		}
		pairs = append(pairs, []any{host, port})
	}
	if pairs != nil {
		outer["nodes"] = pairs
	}
	return nil
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
