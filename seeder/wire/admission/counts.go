package admission

import (
	"errors"

	"sixseed/policy/family"
)

// Counts is what a door has to tell of one family. Connections are those of the moment; what was refused and evicted
// is counted since NewDoor.
type Counts struct {
	Strangers int // came in, handshake not done
	Dialled   int // made by us, handshake not done
	Peers     int

	RefusedAddress     int64 // with ErrAddress
	RefusedFull        int64 // with ErrFull
	RefusedTorrentFull int64 // with ErrTorrentFull
	EvictedStrangers   int64 // for other strangers
	EvictedPeers       int64 // for peers over IPv6
}

// Counts returns the counts of both families.
func (d *Door[C]) Counts() family.Pair[Counts] {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := d.counts
	for _, f := range family.All {
		c := counts.At(f)
		c.Strangers, c.Dialled, c.Peers = d.strangers.At(f).len(), d.dialled.At(f).len(), d.peers.At(f).len()
	}
	return counts
}

// refuse counts a refusal.
func (c *Counts) refuse(reason error) {
	switch {
	case errors.Is(reason, ErrAddress):
		c.RefusedAddress++
	case errors.Is(reason, ErrFull):
		c.RefusedFull++
	case errors.Is(reason, ErrTorrentFull):
		c.RefusedTorrentFull++
	}
}

// evict counts an eviction.
func (c *Counts) evict(peer bool) {
	if peer {
		c.EvictedPeers++
	} else {
		c.EvictedStrangers++
	}
}
