package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrHalvesDisagree says that the two halves of a hybrid torrent are hashes of different data: no data can be right.
var ErrHalvesDisagree = errors.New("the halves of the hybrid torrent disagree")

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
	return fmt.Sprintf("piece %d: %s", b.Index, joinParts(b.Parts))
}

func joinParts(parts []Part) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.String()
	}
	return strings.Join(texts, ", ")
}

// Verify hashes the data as Digest does, for the versions that want has hashes of, and returns the pieces that differ,
// in order. It returns none and no error if the data are right.
//
// Layers may lack a file. Then a file that differs in version 2 alone has only bad pieces, since nothing says which.
// A piece that is right in one version and wrong in the other is ErrHalvesDisagree.
func Verify(ctx context.Context, l Layout, want Digests, workers int, progress Progress) ([]BadPiece, error) {
	if err := want.check(l); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	have, err := Digest(ctx, l, Versions{V1: want.Pieces != nil, V2: want.Roots != nil}, workers, progress)
	if err != nil {
		return nil, err
	}
	v1 := want.judgeV1(l, have)
	v2 := want.judgeV2(l, have, v1)
	var bad []BadPiece
	for i := range l.Pieces() {
		if v1[i]*v2[i] < 0 {
			return nil, fmt.Errorf("verify: %w: piece %d, %s, is right in one only", ErrHalvesDisagree, i, joinParts(l.parts(i)))
		}
		if v1[i] == wrong || v2[i] == wrong {
			bad = append(bad, BadPiece{Index: i, Parts: l.parts(i)})
		}
	}
	return bad, nil
}

// check checks that d are hashes for this layout.
func (d Digests) check(l Layout) error {
	if d.Pieces != nil && len(d.Pieces) != l.Pieces()*hashSize {
		return fmt.Errorf("%d bytes of hashes for %d pieces", len(d.Pieces), l.Pieces())
	}
	if d.Roots == nil {
		return nil
	}
	if len(d.Roots) != len(l.files) {
		return fmt.Errorf("%d roots for %d files", len(d.Roots), len(l.files))
	}
	for i, file := range l.files {
		layer, ok := d.Layers[d.Roots[i]]
		if !ok || file.Length <= l.pieceLength {
			continue
		}
		first, end := l.piecesOf(i)
		if len(layer) != (end-first)*rootSize || layerRoot(layer, l.pieceHeight()) != d.Roots[i] {
			return fmt.Errorf("%s: the piece layer does not belong to the root", file.Path)
		}
	}
	return nil
}

// verdict is what one version says of a piece. Two that contradict each other have a negative product.
type verdict int8

const (
	wrong   verdict = -1
	unknown verdict = 0
	right   verdict = 1
)

func verdictOf(good bool) verdict {
	if good {
		return right
	}
	return wrong
}

// judgeV1 returns the verdict of version 1 on every piece.
func (d Digests) judgeV1(l Layout, have Digests) []verdict {
	verdicts := make([]verdict, l.Pieces())
	if d.Pieces == nil {
		return verdicts
	}
	for i := range verdicts {
		begin, end := i*hashSize, (i+1)*hashSize
		verdicts[i] = verdictOf(bytes.Equal(have.Pieces[begin:end], d.Pieces[begin:end]))
	}
	return verdicts
}

// judgeV2 returns the verdict of version 2 on every piece, knowing that of version 1.
func (d Digests) judgeV2(l Layout, have Digests, v1 []verdict) []verdict {
	verdicts := make([]verdict, l.Pieces())
	if d.Roots == nil {
		return verdicts
	}
	for i, file := range l.files {
		if file.Padding || file.Length == 0 {
			continue
		}
		first, end := l.piecesOf(i)
		root, layer := d.Roots[i], d.Layers[d.Roots[i]]
		switch own := verdicts[first:end]; {
		case have.Roots[i] == root:
			fill(own, right)
		case layer != nil && file.Length > l.pieceLength:
			compareLayers(own, have.Layers[have.Roots[i]], layer)
		case len(own) == 1 || !slices.Contains(v1[first:end], wrong):
			fill(own, wrong)
		} // else version 1 says which pieces make the root differ
	}
	return verdicts
}

func fill(verdicts []verdict, with verdict) {
	for i := range verdicts {
		verdicts[i] = with
	}
}

// compareLayers fills in the verdicts on the pieces of one file.
func compareLayers(verdicts []verdict, have, want []byte) {
	for i := range verdicts {
		begin, end := i*rootSize, (i+1)*rootSize
		verdicts[i] = verdictOf(bytes.Equal(have[begin:end], want[begin:end]))
	}
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
