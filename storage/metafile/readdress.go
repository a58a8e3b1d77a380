package metafile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/anacrolix/torrent/bencode"
)

// errOtherTorrent says that an edit would have made another torrent of a .torrent.
var errOtherTorrent = errors.New("the info-hash would change")

// Readdress returns a .torrent that names these trackers and webseeds in place of its own. All other keys stay byte for
// byte, the info dictionary above all: the info-hash is the same. What Parse would warn of in the new URLs is refused.
func Readdress(data []byte, tiers [][]string, webseeds []string) ([]byte, error) {
	before, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("readdress torrent: %w", err)
	}
	var raw map[string]bencode.Bytes
	if err := bencode.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("readdress torrent %q: %w", before.Name, err)
	}
	outer := make(map[string]any, len(raw))
	for key, value := range raw {
		if key != "announce" && key != "announce-list" && key != "url-list" {
			outer[key] = value
		}
	}
	setTrackers(outer, tiers)
	setWebseeds(outer, webseeds)
	edited, err := bencode.Marshal(outer)
	if err != nil {
		return nil, fmt.Errorf("readdress torrent %q: %w", before.Name, err)
	}
	after, err := Parse(edited)
	switch {
	case err != nil:
	case after.InfoHash != before.InfoHash:
		err = errOtherTorrent
	case len(after.Warnings) > 0:
		err = errors.New(strings.Join(after.Warnings, "; "))
	}
	if err != nil {
		return nil, fmt.Errorf("readdress torrent %q: %w", before.Name, err)
	}
	return edited, nil
}
