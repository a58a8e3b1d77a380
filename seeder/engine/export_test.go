package engine

import (
	"weak"

	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/peer_protocol"

	"sixseed/seeder/wire"
)

// What the tests must know of dormancy.
const (
	IdleAfter = idleAfter
	Crowded   = crowded
)

// Active is the number of active torrents.
func (e *Engine) Active() int { return int(e.active.Load()) }

// Find is the first half of Open and returns the second, so that something can come between them.
func (e *Engine) Find(infoHash wire.InfoHash) (open func() error) { return e.find(infoHash).open }

// Shield reports whether the client hears a message.
func Shield(m peer_protocol.Message) (heard bool) {
	shield(nil, &m)
	return !m.Keepalive
}

// InClient returns the client's own torrent, or nil, without keeping it alive.
func (e *Engine) InClient(infoHash wire.InfoHash) weak.Pointer[torrent.Torrent] {
	found, _ := e.client.Torrent(infoHash)
	return weak.Make(found)
}
