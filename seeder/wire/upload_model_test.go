package wire

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

// requester is a peer that keeps account of its requests: which are open, and how many rejects it has to get for which.
// It reads what is sent to it as BEP 3 and BEP 6 have it.
type requester struct {
	*uploading
	fast    bool
	allowed []uint32
	open    map[message.Block]bool
	rejects map[message.Block]int
	choked  bool // as it has been told
}

func newRequester(fast bool) *requester {
	r := &requester{
		fast: fast, open: make(map[message.Block]bool), rejects: make(map[message.Block]int), choked: true,
	}
	if fast {
		r.allowed = []uint32{2, 20}
	}
	r.uploading = newUploading(fast, r.allowed...)
	return r
}

// mayAsk reports whether the block of a request is there, and to be had now.
func (r *requester) mayAsk(b message.Block) bool {
	return slices.Contains(there, b) && (r.isUnchoked() || slices.Contains(r.allowed, b.Piece))
}

var (
	there    = []message.Block{at(0, 0), at(0, 1), at(2, 0), at(2, 1), {Piece: 20, Length: 1000}, {Piece: 5, Length: 1}}
	notThere = []message.Block{at(21, 0), {Piece: 20, Length: 1001}, {Piece: 1}}
)

func (r *requester) ask(t *rapid.T, b message.Block) {
	want := ignored
	switch {
	case r.mayAsk(b) && !r.open[b]:
		want = heeded
		r.open[b] = true
	case !r.mayAsk(b):
		r.rejects[b]++
	}
	if got := r.request(b); got != want {
		t.Fatalf("verdict %v on request for %v, want %v", got, b, want)
	}
}

func (r *requester) takeBack(t *rapid.T, b message.Block) {
	want := ignored
	if r.open[b] {
		want = heeded
		delete(r.open, b)
		r.rejects[b]++
	}
	if got := r.cancel(b); got != want {
		t.Fatalf("verdict %v on cancel of %v, want %v", got, b, want)
	}
}

// loseSlot chokes the peer.
func (r *requester) loseSlot() {
	if !r.isUnchoked() {
		return
	}
	r.choke()
	for b := range r.open {
		if !slices.Contains(r.allowed, b.Piece) {
			delete(r.open, b)
			r.rejects[b]++
		}
	}
}

// take reads what is sent next.
func (r *requester) take(t *rapid.T, credit int64, room int) {
	w, ok := r.next(credit, make([]message.Block, 0, room), nil)
	switch {
	case !ok && (len(r.open) > 0 || r.waiting() > 0):
		t.Fatalf("the sender ends, and %v are open", r.open)
	case !ok:
	case len(w.control) > 0:
		r.listen(t, w.control)
	case w.wanted > 0:
		if w.wanted+credit > maxGrant {
			t.Fatalf("leave for %d bytes, with %d left", w.wanted, credit)
		}
	case len(w.blocks) == 0 || len(w.blocks) > room:
		t.Fatalf("%d blocks come into room for %d", len(w.blocks), room)
	default:
		for _, b := range w.blocks {
			credit -= int64(b.Length)
			r.takeBlock(t, b, credit)
		}
	}
}

// takeBlock takes one of the blocks that are sent next, credit being what is left of the leave to send.
func (r *requester) takeBlock(t *rapid.T, b message.Block, credit int64) {
	if !r.open[b] || credit < 0 {
		t.Fatalf("block %v comes with leave for %d less; open are %v", b, -credit, r.open)
	}
	if r.choked && !slices.Contains(r.allowed, b.Piece) {
		t.Fatalf("block %v comes after a choke", b)
	}
	delete(r.open, b)
}

// listen takes messages that are not blocks.
func (r *requester) listen(t *rapid.T, control []byte) {
	var frames message.Frames
	err := frames.Feed(control, anyLength, func(frame message.Frame) error {
		switch frame.ID() {
		case message.Choke, message.Unchoke:
			r.choked = frame.ID() == message.Choke
		case message.RejectRequest:
			b, err := message.ParseBlock(frame.Body())
			if r.rejects[b]--; err != nil || r.rejects[b] < 0 || !r.fast {
				return fmt.Errorf("reject of %v, which nobody asked for", b)
			}
		default:
			return fmt.Errorf("%v", frame.ID())
		}
		return nil
	})
	if err != nil {
		t.Fatalf("sent: %v", err)
	}
}

// TestUpload_AnswersEachRequestOnce has peers ask, cancel, be choked and unchoked in any order. Every request of a fast
// peer must end as one piece or one reject, and no others must come.
func TestUpload_AnswersEachRequestOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRequester(rapid.Bool().Draw(t, "fast"))
		anyBlock := rapid.SampledFrom(append(slices.Clone(there), notThere...))
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if r.waiting() != len(r.open) {
					t.Fatalf("%d blocks wait, want %d", r.waiting(), len(r.open))
				}
				if len(r.open) > 0 && !r.sending {
					t.Fatal("blocks wait, and nobody sends")
				}
			},
			"Request": func(t *rapid.T) { r.ask(t, anyBlock.Draw(t, "block")) },
			"Cancel":  func(t *rapid.T) { r.takeBack(t, anyBlock.Draw(t, "block")) },
			"Choke":   func(*rapid.T) { r.loseSlot() },
			"Unchoke": func(*rapid.T) { r.unchoke() },
			"Send": func(t *rapid.T) {
				if r.sending {
					r.take(t, rapid.Int64Range(0, 40<<10).Draw(t, "credit"), rapid.IntRange(1, 4).Draw(t, "room"))
				}
			},
		})
		for r.sending {
			r.take(t, 1<<30, 3)
		}
		for b, lacking := range r.rejects {
			if lacking != 0 && r.fast {
				t.Fatalf("%d rejects of %v lacking", lacking, b)
			}
		}
		if len(r.open) > 0 || r.choked == r.isUnchoked() {
			t.Fatalf("in the end %v are open, and the peer is choked: %v", r.open, r.choked)
		}
	})
}
