package admission

import (
	"net/netip"
	"sync"

	"sixseed/policy/family"
)

// Conn is a connection as far as the door must know it. Its methods are called with the door locked when a peer has to
// go: they must be quick and must not call the door.
type Conn interface {
	comparable
	// Unchoked reports whether the peer may send requests.
	Unchoked() bool
	// Interested reports whether the peer wants something from us.
	Interested() bool
}

// Origin is what is known of a connection from the start.
type Origin struct {
	Addr    netip.Addr    // the peer's address
	Family  family.Family // what the address counts as
	Dialled bool          // we made the connection: it is no stranger, and whoever dials limits how many there are
}

// Door knows every open connection. Its methods may be called from any goroutine. What they cost does not grow with the
// number of connections but for evictions: one looks at all strangers of a family, or at the IPv4 peers until it meets
// one that is of no use.
type Door[C Conn] struct {
	mu        sync.Mutex
	limits    Limits
	guests    map[C]*guest[C]
	blocks    blocks
	torrents  map[InfoHash]*torrent[C]
	strangers family.Pair[line[C]]
	dialled   family.Pair[line[C]] // until they enter
	peers     family.Pair[line[C]]
	counts    family.Pair[Counts] // those since NewDoor
}

// NewDoor returns a door that nobody came to yet.
func NewDoor[C Conn](limits Limits) *Door[C] {
	return &Door[C]{
		limits:   limits,
		guests:   make(map[C]*guest[C]),
		blocks:   make(blocks),
		torrents: make(map[InfoHash]*torrent[C]),
	}
}

// Apply changes the limits. It closes nothing: where there are more connections than a new limit allows, their number
// grows no further.
func (d *Door[C]) Apply(limits Limits) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limits = limits
}

// Knock takes up a connection that came in, or one that was dialled. If found is true, evicted is a stranger that had to
// go for it: it is off the books and the caller closes it. The error is ErrAddress, or ErrFull if there would be no
// place whatever the torrent; conn is not taken up then. Knocking again does nothing.
func (d *Door[C]) Knock(conn C, origin Origin) (evicted C, found bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.guests[conn]; known {
		return evicted, false, nil
	}
	if err := d.refusal(origin); err != nil {
		d.counts.At(origin.Family).refuse(err)
		return evicted, false, err
	}
	newcomer := &guest[C]{conn: conn, origin: origin, around: d.blocks.join(origin.Addr)}
	d.guests[conn] = newcomer
	if origin.Dialled {
		newcomer.waiting = d.dialled.At(origin.Family).join(newcomer)
		return evicted, false, nil
	}
	evicted, found = d.evict(d.intruder(origin.Family))
	newcomer.around.addStrangers(1)
	newcomer.waiting = d.strangers.At(origin.Family).join(newcomer)
	return evicted, found, nil
}

// Enter makes a connection a peer of a torrent. If found is true, evicted is an IPv4 peer that had to go for it: it is
// off the books and the caller closes it. The error is ErrFull, ErrTorrentFull or ErrGone; conn is off the books then.
// Entering again does nothing.
func (d *Door[C]) Enter(conn C, infoHash InfoHash) (evicted C, found bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	newcomer, known := d.guests[conn]
	switch {
	case !known:
		return evicted, false, ErrGone
	case newcomer.torrent != nil:
		return evicted, false, nil
	}
	rival, err := d.rival(newcomer.origin.Family, infoHash)
	if err != nil {
		d.counts.At(newcomer.origin.Family).refuse(err)
		d.forget(newcomer)
		return evicted, false, err
	}
	evicted, found = d.evict(rival)
	d.seat(newcomer, infoHash)
	return evicted, found, nil
}

// Leave ends a connection. One that is not on the books, or no longer, is none of its business.
func (d *Door[C]) Leave(conn C) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if gone, known := d.guests[conn]; known {
		d.forget(gone)
	}
}

// seat makes a guest a peer of a torrent.
func (d *Door[C]) seat(g *guest[C], infoHash InfoHash) {
	g.stopWaiting()
	t, ok := d.torrents[infoHash]
	if !ok {
		t = &torrent[C]{infoHash: infoHash}
		d.torrents[infoHash] = t
	}
	g.torrent = t
	g.ofAll = d.peers.At(g.origin.Family).join(g)
	g.ofTorrent = t.peers.At(g.origin.Family).join(g)
}

// evict takes a guest off the books for another. There may be none that has to go.
func (d *Door[C]) evict(victim *guest[C]) (conn C, found bool) {
	if victim == nil {
		return conn, false
	}
	d.counts.At(victim.origin.Family).evict(victim.torrent != nil)
	d.forget(victim)
	return victim.conn, true
}

// forget takes a guest off the books.
func (d *Door[C]) forget(g *guest[C]) {
	g.stopWaiting()
	g.ofAll.leave()
	g.ofTorrent.leave()
	if g.torrent != nil && both(&g.torrent.peers) == 0 {
		delete(d.torrents, g.torrent.infoHash)
	}
	d.blocks.leave(g.around)
	delete(d.guests, g.conn)
}
