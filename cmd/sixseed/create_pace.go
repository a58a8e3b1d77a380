package main

import (
	"context"
	"sync"
)

// maxLead is how many bytes the reader of whole files may be ahead of that of pieces: well within what a page cache holds.
const maxLead = 256 << 20

// pace keeps the two readers of a release close to each other, that of pieces and that of whole files. A disk is then read
// once: what one of them has read is still in the page cache when the other comes to it. The one of whole files goes
// first, since it reads from front to back, and the other may take out of the cache what it has read.
type pace struct {
	mu       sync.Mutex
	moved    *sync.Cond
	pieces   int64 // bytes of the torrent that are hashed in pieces
	whole    int64 // bytes of the torrent that the reader of whole files has behind it
	released bool
}

// newPace returns a pace that holds nobody up any more once ctx ends.
func newPace(ctx context.Context) *pace {
	p := &pace{}
	p.moved = sync.NewCond(&p.mu)
	context.AfterFunc(ctx, p.release)
	return p
}

// hashed counts bytes hashed in pieces, and waits while they are ahead.
func (p *pace) hashed(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pieces += bytes
	p.moved.Broadcast()
	for !p.released && p.pieces > p.whole {
		p.moved.Wait()
	}
}

// reached says that the reader of whole files is at offset bytes of the torrent, and waits while that is too far ahead.
func (p *pace) reached(offset int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.whole = offset
	p.moved.Broadcast()
	for !p.released && p.whole > p.pieces+maxLead {
		p.moved.Wait()
	}
}

// release lets everybody go on: one of the readers is done, or has failed.
func (p *pace) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.released = true
	p.moved.Broadcast()
}
