package content

import (
	"context"
	"crypto/sha1"
	"hash"
)

// work hashes stretches until none is left.
func (h *hashing) work(ctx context.Context) error {
	w := worker{hashing: h, buffer: make([]byte, bufferSize), digest: sha1.New()}
	defer w.reader.close()
	for {
		first := h.next.Add(h.stretch) - h.stretch
		if first >= int64(h.layout.Pieces()) {
			return nil
		}
		begin := first * h.layout.pieceLength
		if err := w.hashStretch(ctx, begin, h.stretch*h.layout.pieceLength); err != nil {
			return err
		}
	}
}

// worker is one goroutine's part in a hashing.
type worker struct {
	*hashing
	buffer []byte
	digest hash.Hash // of the current piece, as far as it was read
	reader reader
}

// hashStretch hashes the pieces that begin at begin, with length bytes together or what there is of them.
func (w *worker) hashStretch(ctx context.Context, begin, length int64) error {
	begin, end := w.layout.clip(begin, length)
	for off := begin; off < end; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		chunk := w.buffer[:min(int64(len(w.buffer)), end-off)]
		if err := w.reader.readAt(w.hashing, chunk, off); err != nil {
			return err
		}
		w.digestChunk(chunk, off)
		w.progress(int64(len(chunk)))
		off += int64(len(chunk))
	}
	return nil
}

// digestChunk feeds the digest with what was read from off, and notes the sum of every piece that ends in it.
func (w *worker) digestChunk(chunk []byte, off int64) {
	for len(chunk) > 0 {
		piece := off / w.layout.pieceLength
		_, pieceEnd := w.layout.clip(piece*w.layout.pieceLength, w.layout.pieceLength)
		part := chunk[:min(int64(len(chunk)), pieceEnd-off)]
		w.digest.Write(part)
		chunk, off = chunk[len(part):], off+int64(len(part))
		if off == pieceEnd {
			place := w.sums[piece*hashSize:]
			w.digest.Sum(place[:0:hashSize])
			w.digest.Reset()
		}
	}
}
