package wire

import (
	"testing"

	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

func TestBlockSet_IsASet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var set blockSet
		model := make(map[message.Block]bool)
		block := func(t *rapid.T) message.Block {
			return message.Block{ // few enough to meet again, and to share their homes
				Piece: rapid.Uint32Range(0, 7).Draw(t, "piece"), Begin: rapid.Uint32Range(0, 7).Draw(t, "begin") << 14,
				Length: rapid.Uint32Range(0, 2).Draw(t, "length"),
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				b := block(t)
				if b.Length == 0 {
					t.Skip("is never added")
				}
				if got := set.add(b); got == model[b] {
					t.Fatalf("add %+v: %v", b, got)
				}
				model[b] = true
			},
			"remove": func(t *rapid.T) {
				b := block(t)
				if got := set.remove(b); got != model[b] {
					t.Fatalf("remove %+v: %v", b, got)
				}
				delete(model, b)
			},
			"": func(t *rapid.T) {
				if set.len() != len(model) {
					t.Fatalf("%d blocks, want %d", set.len(), len(model))
				}
				for b := range model {
					if !set.has(b) {
						t.Fatalf("%+v is lost", b)
					}
				}
			},
		})
	})
}
