package metafile_test

import (
	"crypto/sha1"
	"maps"
	"testing"

	"sixseed/storage/metafile"
)

// FuzzEditKeepsInfoHash edits whatever can be edited: the info dictionary and all keys beside the edited ones stay, the
// result is read as before, and a second edit changes nothing.
func FuzzEditKeepsInfoHash(f *testing.F) {
	for _, data := range shapes {
		f.Add([]byte(data), fresh, trackerA, "http://w.example.org/", uint8(0))
	}
	f.Add([]byte(ordered("info", unsortedInfo, "announce", str(trackerA))+"\n"), trackerB, "", "", uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, add, remove, webseed string, placement uint8) {
		changes := metafile.Changes{
			AddTiers: [][]string{{add}}, RemoveTrackers: []string{remove}, AddWebseeds: []string{webseed},
			Placement: metafile.Placement(placement % 4), Comment: comment(""), Force: true,
		}
		edited, err := metafile.Edit(data, changes)
		if err != nil {
			return
		}
		before, after := others(t, data), others(t, edited.Data)
		if !maps.Equal(before, after) || edited.InfoHash != sha1.Sum([]byte(after["info"])) {
			t.Errorf("info-hash %x; %q became %q", edited.InfoHash, before, after)
		}
		if again, err := metafile.Edit(edited.Data, changes); err != nil || again.Changed {
			t.Errorf("the second edit of %q: changed %v, %v", edited.Data, again.Changed, err)
		}
		was, err := metafile.Parse(data)
		if err != nil {
			return
		}
		if is, err := metafile.Parse(edited.Data); err != nil || is.InfoHash != was.InfoHash {
			t.Errorf("%q became %q: %v", data, edited.Data, err)
		}
	})
}
