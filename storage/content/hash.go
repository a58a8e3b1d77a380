package content

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

const (
	// stretchSize is how much of the torrent a worker takes at a time, in bytes, if pieces are smaller than that.
	// Whole stretches keep reads long, and keep workers out of each other's way, however small the pieces are.
	stretchSize = 1 << 20
	// bufferSize is how much is read at a time, in bytes, whole blocks of version 2. BenchmarkHash is no slower with
	// anything from 128 KiB to 2 MiB; below, the system calls begin to show.
	bufferSize = 512 << 10
)

// Progress is told of every part of the data once it is hashed, in bytes. It is called by all workers at once.
type Progress func(bytes int64)

// hashing is one pass over all pieces, shared by its workers.
type hashing struct {
	layout     Layout
	stamps     []Stamp
	progress   Progress
	stretch    int64 // pieces a worker takes at a time
	dropBehind bool  // what was hashed is taken out of the page cache

	// Each worker writes to the places of its pieces only. Both are nil if not asked for.
	sums     []byte // SHA-1, version 1
	subtrees []byte // merkle roots over the blocks of the piece, version 2

	mu   sync.Mutex
	next int64 // the first piece nobody has taken
}

// newHashing returns a pass that is ready to run.
func newHashing(l Layout, v Versions, progress Progress) (*hashing, error) {
	switch {
	case l.length == 0:
		return nil, errors.New("the layout has no data")
	case !v.V1 && !v.V2:
		return nil, errors.New("no version to hash for")
	}
	if v.V2 {
		if err := l.checkAligned(); err != nil {
			return nil, err
		}
	}
	stamps, err := l.Stamps()
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int64) {}
	}
	h := &hashing{
		layout: l, stamps: stamps, progress: progress,
		stretch:    max(1, stretchSize/l.pieceLength),
		dropBehind: outgrows(l.length, memorySize()),
	}
	if v.V1 {
		h.sums = make([]byte, l.Pieces()*hashSize)
	}
	if v.V2 {
		h.subtrees = make([]byte, l.Pieces()*rootSize)
	}
	return h, nil
}

// run hashes all pieces and returns the first error of a worker, after all of them have ended.
func (h *hashing) run(ctx context.Context, workers int) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	stretches := (int64(h.layout.Pieces())-1)/h.stretch + 1
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	for range min(int64(workers), stretches) {
		group.Go(func() {
			if err := h.work(ctx); err != nil {
				stop(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// take gives a worker the next stretch, as the range it has in the torrent; an empty one if none is left.
//
// Stretches are taken, and announced to the kernel, in order and one after the other. So a disk that rotates reads
// what the workers have taken from front to back, though each of them reads from a place of its own.
func (h *hashing) take(r *reader) (begin, end int64, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next >= int64(h.layout.Pieces()) {
		return 0, 0, nil
	}
	begin, end = h.layout.clip(h.next*h.layout.pieceLength, h.stretch*h.layout.pieceLength)
	h.next += h.stretch
	return begin, end, r.announce(h, begin, end-begin)
}
