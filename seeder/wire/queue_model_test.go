package wire

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

// queueModel is a queue that looks through all of its places each time. A place outlives the block that was cancelled,
// until it is passed: who asks for the block again before has it back.
type queueModel struct {
	places  []message.Block
	waiting map[message.Block]bool
}

func (m *queueModel) add(b message.Block) bool {
	if m.waiting[b] {
		return false
	}
	m.waiting[b] = true
	m.places = append(m.places, b)
	return true
}

func (m *queueModel) remove(b message.Block) bool {
	if !m.waiting[b] {
		return false
	}
	delete(m.waiting, b)
	if len(m.waiting) == 0 {
		m.places = nil
	}
	return true
}

// order is the blocks that wait, each at the first of its places.
func (m *queueModel) order() []message.Block {
	var order []message.Block
	for _, b := range m.places {
		if m.waiting[b] && !slices.Contains(order, b) {
			order = append(order, b)
		}
	}
	return order
}

// first passes the places of blocks that were cancelled.
func (m *queueModel) first() (message.Block, bool) {
	for len(m.places) > 0 && !m.waiting[m.places[0]] {
		m.places = m.places[1:]
	}
	if len(m.places) == 0 {
		return message.Block{}, false
	}
	return m.places[0], true
}

func (m *queueModel) drop(keep func(message.Block) bool) []message.Block {
	var dropped []message.Block
	for _, b := range m.order() {
		if !keep(b) {
			m.remove(b)
			dropped = append(dropped, b)
		}
	}
	return dropped
}

func TestQueue_AsTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		model := queueModel{waiting: make(map[message.Block]bool)}
		anyBlock := rapid.Map(rapid.IntRange(0, 100), block)
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if q.len() != len(model.waiting) {
					t.Fatalf("%d blocks wait, want %d", q.len(), len(model.waiting))
				}
			},
			"Add": func(t *rapid.T) {
				for _, b := range rapid.SliceOfN(anyBlock, 1, 100).Draw(t, "blocks") {
					if got, want := q.add(b), model.add(b); got != want {
						t.Fatalf("add %v: %v, want %v", b, got, want)
					}
				}
			},
			"Remove": func(t *rapid.T) {
				for _, b := range rapid.SliceOfN(anyBlock, 1, 100).Draw(t, "blocks") {
					if got, want := q.remove(b), model.remove(b); got != want {
						t.Fatalf("remove %v: %v, want %v", b, got, want)
					}
				}
			},
			"Serve": func(t *rapid.T) {
				for range rapid.IntRange(1, 50).Draw(t, "blocks") {
					got, ok := q.first()
					want, wantOK := model.first()
					if got != want || ok != wantOK {
						t.Fatalf("first is %v, %v, want %v, %v", got, ok, want, wantOK)
					}
					q.remove(got)
					model.remove(want)
				}
			},
			"Drop": func(t *rapid.T) {
				kept := rapid.SliceOfN(anyBlock, 0, 20).Draw(t, "kept")
				keep := func(b message.Block) bool { return slices.Contains(kept, b) }
				if diff := cmp.Diff(model.drop(keep), q.drop(keep)); diff != "" {
					t.Fatalf("dropped (-want +got):\n%s", diff)
				}
			},
		})
		if diff := cmp.Diff(model.order(), drainQueue(&q)); diff != "" {
			t.Fatalf("left (-want +got):\n%s", diff)
		}
	})
}
