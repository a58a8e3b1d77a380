package metafile

import (
	"errors"
	"fmt"
	"strings"
)

// Readdress returns a .torrent that names these trackers and webseeds in place of its own. All other keys stay byte for
// byte, the info dictionary above all: the info-hash is the same. What Parse would warn of in the new URLs is refused.
func Readdress(data []byte, tiers [][]string, webseeds []string) ([]byte, error) {
	edited, err := rewrite(data, func(t *target) error {
		t.after.Announce, t.after.Tiers, t.after.Webseeds = firstTracker(tiers), tiers, webseeds
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("readdress torrent: %w", err)
	}
	after, err := Parse(edited.Data)
	if err == nil && len(after.Warnings) > 0 {
		err = errors.New(strings.Join(after.Warnings, "; "))
	}
	if err != nil {
		return nil, fmt.Errorf("readdress torrent %q: %w", edited.Name, err)
	}
	return edited.Data, nil
}
