package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// knownInterval is the time from one look at what the library knows to the next, and how long after the start the first
// one is: by then the library has looked into its directories.
const knownInterval = time.Minute

// trackedTorrents are the library's torrents as the tracker sees them: those that it tracks, and of these the ones that
// are seeded and not private, whose .torrent files it offers. The zero value has none.
type trackedTorrents struct {
	seeded infoHashSet
	// What is in the library, seeded or not: that data are verified again is no reason to refuse anybody.
	known   atomic.Pointer[map[[20]byte]bool]
	publish atomic.Pointer[[]string] // announce URLs of the tracker

	mu     sync.Mutex
	byHash map[[20]byte]trackedTorrent // that are seeded
	page   []offer                     // by file name; nil: to be made anew
}

// trackedTorrent is what has to be remembered of a torrent that is seeded.
type trackedTorrent struct {
	release    library.Release
	infoHashV2 [20]byte // under which clients announce a hybrid torrent too (BEP 52); zero: none
	private    bool
}

// has says whether a torrent is the library's. It takes no lock: every announce asks it.
func (t *trackedTorrents) has(infoHash [20]byte) bool {
	if t.seeded.has(infoHash) {
		return true
	}
	known := t.known.Load()
	return known != nil && (*known)[infoHash]
}

// add takes in a torrent that is seeded from now on.
func (t *trackedTorrents) add(r library.Release, m *metafile.Metafile) {
	torrent := trackedTorrent{release: r, private: m.Private}
	t.seeded.add(m.InfoHash)
	if m.HasV2 {
		torrent.infoHashV2 = [20]byte(m.InfoHashV2[:])
		t.seeded.add(torrent.infoHashV2)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byHash == nil {
		t.byHash = map[[20]byte]trackedTorrent{}
	}
	t.byHash[m.InfoHash], t.page = torrent, nil
}

// remove takes out a torrent that is not seeded any more.
func (t *trackedTorrents) remove(infoHash [20]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seeded.remove(infoHash)
	t.seeded.remove(t.byHash[infoHash].infoHashV2)
	delete(t.byHash, infoHash)
	t.page = nil
}

// follow keeps an eye on what the library knows, until ctx ends.
func (t *trackedTorrents) follow(ctx context.Context, releases func() []library.Release) error {
	tick := time.NewTicker(knownInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			var known [][20]byte
			for _, r := range releases() {
				known = append(known, r.InfoHash)
			}
			t.know(known)
		}
	}
}

// know says what the library knows. Until follow has looked for the first time, what the ledger has seen traffic of
// counts as that: clients that come in the first minute after a restart must not be sent away for an hour.
func (t *trackedTorrents) know(infoHashes [][20]byte) {
	known := make(map[[20]byte]bool, len(infoHashes))
	for _, infoHash := range infoHashes {
		known[infoHash] = true
	}
	delete(known, [20]byte{}) // a release that has no .torrent, or traffic of no torrent
	t.known.Store(&known)
}

// setPublish sets the announce URLs that offered .torrent files get.
func (t *trackedTorrents) setPublish(urls []string) { t.publish.Store(&urls) }
