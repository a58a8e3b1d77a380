package content

import "crypto/sha256"

// tree is a merkle tree of SHA-256 that grows leaf by leaf and keeps only the roots of its full subtrees, so that it
// takes the same memory however many leaves there are. The zero value has none.
type tree struct {
	leaves uint64
	full   [64][32]byte // by height; those are set where leaves has a bit
}

// add appends a leaf.
func (t *tree) add(sum [32]byte) {
	height := 0
	for rest := t.leaves; rest&1 == 1; rest >>= 1 {
		sum = parent(t.full[height], sum)
		height++
	}
	t.full[height] = sum
	t.leaves++
}

// root returns the root of the tree of this height, which must have room for all leaves. Leaves of zeros fill it up:
// BEP 52, "pieces root".
func (t *tree) root(height int) [32]byte { return t.rootOver([32]byte{}, height) }

// rootOver is root with another leaf to fill up with.
func (t *tree) rootOver(filler [32]byte, height int) [32]byte {
	if t.leaves == 1<<height {
		return t.full[height]
	}
	// The root of everything from the last full subtree to the right edge, from the leaves upwards.
	right := filler
	for level := range height {
		if t.leaves>>level&1 == 1 {
			right = parent(t.full[level], right)
		} else {
			right = parent(right, filler)
		}
		filler = parent(filler, filler)
	}
	return right
}

// layerRoot returns the root of a file from the hashes of its pieces, 32 bytes each, which are pieceHeight levels
// above the leaves. Pieces of zeros fill up the layer to a power of two.
func layerRoot(layer []byte, pieceHeight int) [32]byte {
	var filler [32]byte
	for range pieceHeight {
		filler = parent(filler, filler)
	}
	var t tree
	for ; len(layer) >= rootSize; layer = layer[rootSize:] {
		t.add([32]byte(layer))
	}
	height := 0
	for t.leaves > 1<<height {
		height++
	}
	return t.rootOver(filler, height)
}

func parent(left, right [32]byte) [32]byte {
	var both [2 * rootSize]byte
	copy(both[:], left[:])
	copy(both[rootSize:], right[:])
	return sha256.Sum256(both[:])
}
