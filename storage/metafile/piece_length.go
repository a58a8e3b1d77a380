package metafile

// blockSize is what a leaf of the merkle trees of version 2 covers, in bytes: BEP 52, "pieces root".
const blockSize = 16 << 10

// Limits of PieceLength in bytes. A piece is at least one block of the protocol; and above 16 MiB some clients take
// no part.
const (
	smallestPiece = 16 << 10
	largestPiece  = 16 << 20
)

// PieceLength returns the piece length to cut data of size bytes into, in bytes: a power of two that makes 1024 to
// 2047 pieces, as long as that is between 16 KiB and 16 MiB. Fewer would spread slowly through a swarm, and more
// cost every peer memory.
func PieceLength(size int64) int64 {
	length := int64(smallestPiece)
	for length < largestPiece && size/length >= 2048 {
		length *= 2
	}
	return length
}
