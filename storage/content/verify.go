package content

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// BadPiece is a piece whose data are not what its hash says.
type BadPiece struct {
	Index int
	Parts []Part // where its data are; padding is left out
}

// Part is a part of a file on disk.
type Part struct {
	Path   string
	Offset int64 // from the beginning of the file, in bytes
	Length int64 // bytes
}

// String names the file and the range, counted from 0, both ends included: `/iso/a.iso bytes 0 to 262143`.
func (p Part) String() string {
	return fmt.Sprintf("%s bytes %d to %d", p.Path, p.Offset, p.Offset+p.Length-1)
}

// String names the piece, its files and the ranges in them.
func (b BadPiece) String() string {
	parts := make([]string, len(b.Parts))
	for i, part := range b.Parts {
		parts[i] = part.String()
	}
	return fmt.Sprintf("piece %d: %s", b.Index, strings.Join(parts, ", "))
}

// Verify hashes the data as Hash does and returns the pieces that differ from want, which holds 20 bytes a piece, in
// order. It returns none and no error if the data are right.
func Verify(ctx context.Context, l Layout, want []byte, workers int, progress Progress) ([]BadPiece, error) {
	if len(want) != l.Pieces()*hashSize {
		return nil, fmt.Errorf("verify: %d bytes of hashes for %d pieces", len(want), l.Pieces())
	}
	have, err := Hash(ctx, l, workers, progress)
	if err != nil {
		return nil, err
	}
	var bad []BadPiece
	for i := range l.Pieces() {
		begin, end := i*hashSize, (i+1)*hashSize
		if !bytes.Equal(have[begin:end], want[begin:end]) {
			bad = append(bad, BadPiece{Index: i, Parts: l.parts(i)})
		}
	}
	return bad, nil
}

// parts returns where the data of a piece are on disk.
func (l Layout) parts(piece int) []Part {
	var parts []Part
	for span := range l.Spans(int64(piece)*l.pieceLength, l.pieceLength) {
		if file := l.files[span.File]; !file.Padding {
			parts = append(parts, Part{Path: file.Path, Offset: span.Offset, Length: span.Length})
		}
	}
	return parts
}
