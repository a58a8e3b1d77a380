package content

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// hashSize is the length of a piece's hash in bytes.
const hashSize = sha1.Size

const (
	// stretchSize is how much of the torrent a worker takes at a time, in bytes, if pieces are smaller than that.
	// Whole stretches keep reads long, and keep workers out of each other's way, however small the pieces are.
	stretchSize = 1 << 20
	// bufferSize is how much is read at a time, in bytes. BenchmarkHash is no slower with anything from 128 KiB to
	// 2 MiB; below, the system calls begin to show.
	bufferSize = 512 << 10
)

// Progress is told of every part of the data once it is hashed, in bytes. It is called by all workers at once.
type Progress func(bytes int64)

// Hash returns the SHA-1 of every piece, one after the other, 20 bytes each. It uses as many goroutines as workers
// says, or one per processor if that is not positive, and ends soon after ctx does. The progress may be nil.
//
// A file that is missing, cannot be read, or is not as long as the layout says is an error that names it. If a file
// changes meanwhile, the error is ErrChanged.
func Hash(ctx context.Context, l Layout, workers int, progress Progress) ([]byte, error) {
	if l.length == 0 {
		return nil, errors.New("hash: the layout has no data")
	}
	stamps, err := l.Stamps()
	if err != nil {
		return nil, fmt.Errorf("hash: %w", err)
	}
	if progress == nil {
		progress = func(int64) {}
	}
	h := &hashing{
		layout: l, stamps: stamps, progress: progress,
		stretch: max(1, stretchSize/l.pieceLength),
		sums:    make([]byte, l.Pieces()*hashSize),
	}
	if err := h.run(ctx, workers); err != nil {
		return nil, fmt.Errorf("hash: %w", err)
	}
	// What a worker had open is what it hashed, but only now it is certain that this has stayed the same to the end.
	if err := l.unchanged(stamps); err != nil {
		return nil, fmt.Errorf("hash: %w", err)
	}
	return h.sums, nil
}

// hashing is one pass over all pieces, shared by its workers.
type hashing struct {
	layout   Layout
	stamps   []Stamp
	progress Progress
	stretch  int64        // pieces a worker takes at a time
	next     atomic.Int64 // the first piece nobody has taken
	sums     []byte       // each worker writes to the places of its pieces only
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
