package content

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"math/bits"
)

const (
	// hashSize is the length of a piece's hash in version 1, in bytes.
	hashSize = sha1.Size
	// rootSize is the length of a hash in version 2, in bytes.
	rootSize = sha256.Size
	// blockSize is how much of a file a leaf of its merkle tree covers, in bytes: BEP 52, "pieces root".
	blockSize = 16 << 10
)

// Versions says which versions of the format data are hashed for; both is a hybrid torrent.
type Versions struct{ V1, V2 bool }

// Digests is what a torrent says of its data.
type Digests struct {
	// Pieces are the SHA-1 of every piece, one after the other, 20 bytes each. Nil without version 1.
	Pieces []byte
	// Roots are the "pieces root" of every file in the order of the layout, zero for empty files and for padding: BEP
	// 52. Nil without version 2.
	Roots [][32]byte
	// Layers are, by root, the hashes of the pieces of each file that is longer than a piece, 32 bytes each: BEP 52,
	// "piece layers".
	Layers map[[32]byte][]byte
}

// Digest reads the data once and returns their hashes for the versions asked for. It uses as many goroutines as
// workers says, or one per processor if that is not positive, and ends soon after ctx does. The progress may be nil.
// Beside the hashes it takes half a MiB of memory a worker, however long the pieces are.
//
// Version 2 needs a layout in which every file begins at a piece, with padding before it, and a piece length that is a
// power of two of at least 16 KiB. The padding of the files is not part of any hash of version 2.
//
// A file that is missing, cannot be read, or is not as long as the layout says is an error that names it. If a file
// changes meanwhile, the error is ErrChanged.
func Digest(ctx context.Context, l Layout, v Versions, workers int, progress Progress) (Digests, error) {
	h, err := newHashing(l, v, progress)
	if err == nil {
		err = h.run(ctx, workers)
	}
	// What a worker had open is what it hashed, but only now it is certain that this has stayed the same to the end.
	if err == nil {
		err = l.unchanged(h.stamps)
	}
	if err != nil {
		return Digests{}, fmt.Errorf("hash: %w", err)
	}
	d := Digests{Pieces: h.sums}
	if v.V2 {
		d.Roots, d.Layers = l.roots(h.subtrees)
	}
	return d, nil
}

// Hash is Digest for version 1 alone. It returns the SHA-1 of every piece, one after the other, 20 bytes each.
func Hash(ctx context.Context, l Layout, workers int, progress Progress) ([]byte, error) {
	d, err := Digest(ctx, l, Versions{V1: true}, workers, progress)
	return d.Pieces, err
}

// roots returns the root of every file, and the layers of those longer than a piece, from the hashes of all pieces.
func (l Layout) roots(subtrees []byte) ([][32]byte, map[[32]byte][]byte) {
	roots := make([][32]byte, len(l.files))
	layers := map[[32]byte][]byte{}
	for i, file := range l.files {
		first, end := l.piecesOf(i)
		switch own := subtrees[first*rootSize : end*rootSize]; {
		case file.Padding || file.Length == 0:
		case file.Length <= l.pieceLength:
			roots[i] = [32]byte(own)
		default:
			roots[i] = layerRoot(own, l.pieceHeight())
			layers[roots[i]] = own
		}
	}
	return roots, layers
}

// piecesOf returns the first piece of a file that begins at a piece, and the first one behind it.
func (l Layout) piecesOf(file int) (first, end int) {
	first = int(l.starts[file] / l.pieceLength)
	return first, first + int((l.files[file].Length+l.pieceLength-1)/l.pieceLength)
}

// pieceHeight returns how many levels above the leaves the hash of a whole piece is.
func (l Layout) pieceHeight() int { return heightOf(l.pieceLength) }

// treeHeight returns the height of the tree over the part of a file that is in one piece. A file of several pieces
// fills up the last one with leaves of zeros; one that is shorter takes as many as make a power of two.
func (l Layout) treeHeight(file File) int {
	if file.Length > l.pieceLength {
		return l.pieceHeight()
	}
	return heightOf(file.Length)
}

// heightOf returns the height of the smallest tree with a leaf for every block of length bytes, at least one.
func heightOf(length int64) int {
	return bits.Len64(uint64((length - 1) / blockSize)) //nolint:gosec // lengths are positive here
}

// checkAligned checks what version 2 asks of a layout.
func (l Layout) checkAligned() error {
	if l.pieceLength < blockSize || l.pieceLength&(l.pieceLength-1) != 0 {
		return fmt.Errorf("piece length %d is not a power of two of at least %d, as version 2 needs", l.pieceLength, blockSize)
	}
	for i, file := range l.files {
		if !file.Padding && file.Length > 0 && l.starts[i]%l.pieceLength != 0 {
			return fmt.Errorf("%s: does not begin at a piece, as version 2 needs", file.Path)
		}
	}
	return nil
}
