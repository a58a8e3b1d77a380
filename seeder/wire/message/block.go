package message

import (
	"encoding/binary"
	"fmt"
)

const (
	indexLength = 4
	blockLength = 3 * indexLength

	// PieceHeaderLength is how many bytes of a piece message go before the block's data.
	PieceHeaderLength = headerLength + 2*indexLength
)

// Block names Length bytes of a piece, Begin bytes into it. It is the body of request, cancel and reject request.
type Block struct {
	Piece, Begin, Length uint32
}

// ParseBlock reads the body of a request, cancel or reject request. What it returns may lie outside of the torrent.
func ParseBlock(body []byte) (Block, error) {
	if len(body) != blockLength {
		return Block{}, fmt.Errorf("parse block: %d bytes, want %d", len(body), blockLength)
	}
	return Block{
		Piece:  binary.BigEndian.Uint32(body),
		Begin:  binary.BigEndian.Uint32(body[indexLength:]),
		Length: binary.BigEndian.Uint32(body[2*indexLength:]),
	}, nil
}

// ParseIndex reads the body of a have, suggest piece or allowed fast: the index of a piece, which may lie outside of
// the torrent.
func ParseIndex(body []byte) (uint32, error) {
	if len(body) != indexLength {
		return 0, fmt.Errorf("parse piece index: %d bytes, want %d", len(body), indexLength)
	}
	return binary.BigEndian.Uint32(body), nil
}

// AppendBlock appends a request, cancel or reject request to b.
func AppendBlock(b []byte, id ID, block Block) []byte {
	b = appendHeader(b, id, blockLength)
	b = binary.BigEndian.AppendUint32(b, block.Piece)
	b = binary.BigEndian.AppendUint32(b, block.Begin)
	return binary.BigEndian.AppendUint32(b, block.Length)
}

// AppendIndex appends a have, suggest piece or allowed fast to b.
func AppendIndex(b []byte, id ID, piece uint32) []byte {
	return binary.BigEndian.AppendUint32(appendHeader(b, id, indexLength), piece)
}

// AppendPieceHeader appends to b the head of a piece message, [PieceHeaderLength] bytes. The block's data follow it on
// the wire.
func AppendPieceHeader(b []byte, block Block) []byte {
	b = appendHeader(b, Piece, 2*indexLength+int(block.Length))
	b = binary.BigEndian.AppendUint32(b, block.Piece)
	return binary.BigEndian.AppendUint32(b, block.Begin)
}
