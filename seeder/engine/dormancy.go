package engine

import (
	"net/netip"
	"time"

	"sixseed/seeder/wire"
	"sixseed/seeder/wire/mse"
)

const (
	// idleAfter is how long a torrent has no connection, and nobody to dial, before it is dormant again.
	idleAfter = time.Minute
	// crowded is the number of active torrents from which on peers to dial are no reason to activate another one. After
	// a start, trackers name peers of every torrent within minutes, and the client dials ten a second. Those left out
	// know of us by the same trackers.
	crowded = 200
)

// Open makes a torrent ready for one connection more, which calls Release on it when it ends. The error is
// wire.ErrUnknownTorrent if there is no such torrent, else it says why its info dictionary cannot be had.
func (e *Engine) Open(infoHash wire.InfoHash) (*wire.Torrent, error) {
	s := e.find(infoHash)
	if s == nil {
		return nil, wire.ErrUnknownTorrent
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	return &s.Torrent, nil
}

// Keyed returns the torrent that an obfuscated handshake names by this key.
func (e *Engine) Keyed(key mse.Key) (wire.InfoHash, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s, ok := e.keyed[key]
	if !ok {
		return wire.InfoHash{}, false
	}
	return s.InfoHash, true
}

// AddPeers tells the engine of peers it may connect to. Those of a dormant torrent may be left out.
func (e *Engine) AddPeers(infoHash wire.InfoHash, peers []netip.AddrPort) {
	if s := e.find(infoHash); s != nil && e.dials && len(peers) > 0 {
		s.dial(peers)
	}
}

// Retire makes dormant what has been idle for a minute, and takes note of what is idle for that: it is to be called every
// few seconds.
func (e *Engine) Retire(now time.Time) {
	for _, s := range e.all() {
		s.retire(now)
	}
}
