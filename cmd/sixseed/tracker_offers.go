package main

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"sixseed/seeder/tracker/httptracker"
	"sixseed/storage/metafile"
)

// offer is a .torrent file that is offered.
type offer struct {
	httptracker.Torrent
	infoHash [20]byte
	path     string
}

var _ httptracker.Torrents = (*trackedTorrents)(nil)

// List implements httptracker.Torrents.
func (t *trackedTorrents) List() []httptracker.Torrent {
	offers := t.offers()
	torrents := make([]httptracker.Torrent, len(offers))
	for i, o := range offers {
		torrents[i] = o.Torrent
	}
	return torrents
}

// Open implements httptracker.Torrents. The file is read and edited every time: it is asked for rarely, and small.
func (t *trackedTorrents) Open(name string) ([]byte, error) {
	offers := t.offers()
	i, ok := slices.BinarySearchFunc(offers, name, func(o offer, name string) int { return cmp.Compare(o.Name, name) })
	if !ok {
		return nil, fs.ErrNotExist
	}
	data, err := os.ReadFile(offers[i].path)
	if err != nil {
		return nil, fmt.Errorf("offer torrent: %w", err)
	}
	var changes metafile.Changes
	if publish := t.publish.Load(); publish != nil && len(*publish) > 0 {
		changes.AddTiers = [][]string{*publish}
	}
	edited, err := metafile.Edit(data, changes)
	if err != nil {
		return nil, fmt.Errorf("offer torrent %s: %w", offers[i].path, err)
	}
	if edited.InfoHash != offers[i].infoHash { // another file has taken its place, and the library will find out
		return nil, fs.ErrNotExist
	}
	return edited.Data, nil
}

// offers returns what is offered, by file name.
func (t *trackedTorrents) offers() []offer {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.page == nil {
		t.page = makeOffers(t.byHash)
	}
	return t.page
}

// makeOffers names files after their torrents and, if several have the same name, by their info-hash too. A private
// torrent is offered by those whom its trackers know (BEP 27).
func makeOffers(torrents map[[20]byte]trackedTorrent) []offer {
	named := map[string]int{}
	for _, torrent := range torrents {
		named[torrent.release.Name]++
	}
	offers := []offer{}
	for infoHash, torrent := range torrents {
		if torrent.private {
			continue
		}
		text, name := hex.EncodeToString(infoHash[:]), torrent.release.Name
		if named[name] > 1 {
			name += "-" + text
		}
		offers = append(offers, offer{
			Torrent:  httptracker.Torrent{Name: name + ".torrent", InfoHash: text, Size: torrent.release.Size},
			infoHash: infoHash, path: torrent.release.MetafilePath,
		})
	}
	slices.SortFunc(offers, func(a, b offer) int { return cmp.Compare(a.Name, b.Name) })
	return offers
}
