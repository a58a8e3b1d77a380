package content

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
)

// work hashes stretches until none is left.
func (h *hashing) work(ctx context.Context) error {
	w := worker{hashing: h, buffer: make([]byte, bufferSize), digest: sha1.New()}
	defer w.reader.close()
	for {
		begin, end, err := h.take(&w.reader)
		if err != nil || begin == end {
			return err
		}
		if err := w.hashStretch(ctx, begin, end); err != nil {
			return err
		}
	}
}

// worker is one goroutine's part in a hashing.
type worker struct {
	*hashing
	buffer []byte
	digest hash.Hash // version 1: of the current piece, as far as it was read
	tree   tree      // version 2: the same
	reader reader
}

// hashStretch hashes the pieces from begin to end.
func (w *worker) hashStretch(ctx context.Context, begin, end int64) error {
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
	if w.dropBehind {
		w.reader.dropBehind()
	}
	return nil
}

// digestChunk feeds the digests with what was read from off, and notes the hashes of every piece that ends in it.
func (w *worker) digestChunk(chunk []byte, off int64) {
	for len(chunk) > 0 {
		piece := off / w.layout.pieceLength
		_, pieceEnd := w.layout.clip(piece*w.layout.pieceLength, w.layout.pieceLength)
		part := chunk[:min(int64(len(chunk)), pieceEnd-off)]
		ends := off+int64(len(part)) == pieceEnd
		if w.sums != nil {
			w.addBytes(part, piece, ends)
		}
		if w.subtrees != nil {
			w.addBlocks(part, off, piece, ends)
		}
		chunk, off = chunk[len(part):], off+int64(len(part))
	}
}

// addBytes feeds version 1 with a part of a piece, the last one if the piece ends with it.
func (w *worker) addBytes(part []byte, piece int64, ends bool) {
	w.digest.Write(part)
	if ends {
		place := w.sums[piece*hashSize:]
		w.digest.Sum(place[:0:hashSize])
		w.digest.Reset()
	}
}

// addBlocks feeds version 2 with a part of a piece. It begins at a block, since pieces and reads have whole blocks. What
// follows the file in its last piece is padding, and not hashed.
func (w *worker) addBlocks(part []byte, off, piece int64, ends bool) {
	index := w.layout.fileAt(piece * w.layout.pieceLength)
	file := w.layout.files[index]
	if file.Padding {
		return
	}
	rest := max(0, w.layout.starts[index]+file.Length-off)
	part = part[:min(int64(len(part)), rest)]
	for len(part) > 0 {
		block := part[:min(len(part), blockSize)]
		w.tree.add(sha256.Sum256(block))
		part = part[len(block):]
	}
	if ends {
		root := w.tree.root(w.layout.treeHeight(file))
		copy(w.subtrees[piece*rootSize:], root[:])
		w.tree = tree{}
	}
}
