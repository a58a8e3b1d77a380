package wire

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestPeer_AsASet compares what is known of a peer's pieces with a set of them.
func TestPeer_AsASet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.IntRange(1, 200).Draw(t, "pieces")
		p, has := peer{pieces: pieces}, make(map[uint32]bool)
		anyPiece := rapid.Uint32Range(0, uint32(pieces-1))
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if want := float64(len(has)) / float64(pieces); math.Abs(p.progress()-want) > 1e-9 {
					t.Fatalf("progress %v, want %v", p.progress(), want)
				}
				if p.complete() != (len(has) == pieces) {
					t.Fatalf("complete with %d of %d: %v", len(has), pieces, p.complete())
				}
			},
			"Have": func(t *rapid.T) {
				piece := anyPiece.Draw(t, "piece")
				if news, err := p.have(piece); news == has[piece] || err != nil {
					t.Fatalf("have %d is news: %v, %v", piece, news, err)
				}
				has[piece] = true
			},
			"Bitfield": func(t *rapid.T) {
				clear(has)
				bitfield := make([]byte, (pieces+7)/8)
				for _, piece := range rapid.SliceOfN(anyPiece, 0, pieces).Draw(t, "pieces") {
					bitfield[piece/8] |= 0x80 >> (piece % 8)
					has[piece] = true
				}
				if err := p.haveThese(bitfield); err != nil {
					t.Fatal(err)
				}
			},
			"HaveAll": func(*rapid.T) {
				p.haveAll()
				for piece := range uint32(pieces) {
					has[piece] = true
				}
			},
		})
	})
}
