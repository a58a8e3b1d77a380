package wire

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/message"
)

// block is the n-th block of a torrent of one piece, with no gaps between blocks.
func block(n int) message.Block {
	return message.Block{Begin: uint32(n) * 10, Length: 10}
}

func blocksOf(numbers ...int) []message.Block {
	var all []message.Block
	for _, n := range numbers {
		all = append(all, block(n))
	}
	return all
}

// queueOf returns a queue of blocks.
func queueOf(numbers ...int) *queue {
	q := new(queue)
	for _, n := range numbers {
		q.add(block(n))
	}
	return q
}

// drainQueue takes out all blocks from the front.
func drainQueue(q *queue) (all []message.Block) {
	for {
		b, ok := q.first()
		if !ok {
			return all
		}
		q.remove(b)
		all = append(all, b)
	}
}

func TestQueue_FirstComeFirstServed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		add, remove, want []int
	}{
		"Empty":            {},
		"InOrder":          {add: []int{3, 1, 2}, want: []int{3, 1, 2}},
		"EachOnce":         {add: []int{3, 1, 3, 3}, want: []int{3, 1}},
		"FirstCancelled":   {add: []int{3, 1, 2}, remove: []int{3}, want: []int{1, 2}},
		"MiddleCancelled":  {add: []int{3, 1, 2}, remove: []int{1}, want: []int{3, 2}},
		"LastCancelled":    {add: []int{3, 1, 2}, remove: []int{2}, want: []int{3, 1}},
		"AllCancelled":     {add: []int{3, 1, 2}, remove: []int{2, 3, 1}},
		"UnknownCancelled": {add: []int{3}, remove: []int{4}, want: []int{3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := queueOf(tc.add...)
			for _, n := range tc.remove {
				if removed := q.remove(block(n)); removed != slices.Contains(tc.add, n) {
					t.Errorf("remove %d: %v", n, removed)
				}
			}
			if q.len() != len(tc.want) {
				t.Errorf("%d blocks wait, want %d", q.len(), len(tc.want))
			}
			if diff := cmp.Diff(blocksOf(tc.want...), drainQueue(q)); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQueue_Add(t *testing.T) {
	t.Parallel()
	var q queue
	if !q.add(block(1)) || q.add(block(1)) || !q.add(block(2)) {
		t.Error("a block that waits already is news, or one that does not is none")
	}
	q.remove(block(1))
	if !q.add(block(1)) {
		t.Error("a block that was cancelled cannot be asked for again")
	}
}

func TestQueue_Run(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		blocks []int
		limit  int64
		want   int64
	}{
		"Empty":          {nil, 100, 0},
		"OneBlock":       {[]int{5}, 100, 10},
		"OneAfterOther":  {[]int{5, 6, 7}, 100, 30},
		"UntilTheGap":    {[]int{5, 6, 8}, 100, 20},
		"NotBackwards":   {[]int{5, 4}, 100, 10},
		"AsFarAsLimited": {[]int{5, 6, 7, 8}, 29, 20},
		"FirstIsLonger":  {[]int{5, 6}, 1, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offset := func(b message.Block) int64 { return int64(b.Begin) }
			if got := queueOf(tc.blocks...).run(tc.limit, offset); got != tc.want {
				t.Errorf("run of %d bytes, want %d", got, tc.want)
			}
		})
	}
}

func TestQueue_Drop(t *testing.T) {
	t.Parallel()
	q := queueOf(4, 1, 3, 2, 5)
	q.remove(block(3))
	even := func(b message.Block) bool { return b.Begin%20 == 0 }
	if diff := cmp.Diff(blocksOf(1, 5), q.drop(even)); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(blocksOf(4, 2), drainQueue(q)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if dropped := q.drop(even); dropped != nil {
		t.Errorf("dropped %v of nothing", dropped)
	}
}

func TestQueue_GivesMemoryBack(t *testing.T) {
	t.Parallel()
	for name, empty := range map[string]func(*queue){
		"Served":  func(q *queue) { drainQueue(q) },
		"Dropped": func(q *queue) { q.drop(func(message.Block) bool { return false }) },
		"Cancelled": func(q *queue) {
			for n := range queueDepth {
				q.remove(block(n))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var q queue
			for n := range queueDepth {
				q.add(block(n))
			}
			empty(&q)
			if cap(q.order) > keptQueue || q.waiting.slots != nil {
				t.Errorf("an empty queue keeps %d places, waiting is %v", cap(q.order), q.waiting)
			}
			if !q.add(block(1)) || q.len() != 1 {
				t.Error("it cannot be used again")
			}
		})
	}
}

// TestQueue_BoundedWhateverIsCancelled has a peer cancel and ask again without end, which leaves a place behind each time.
func TestQueue_BoundedWhateverIsCancelled(t *testing.T) {
	t.Parallel()
	const kept = queueDepth - 1
	var q queue
	for n := range kept {
		q.add(block(n))
	}
	for n := range 20 * queueDepth {
		q.add(block(kept + n))
		q.remove(block(kept + n))
		if cap(q.order) > 6*queueDepth {
			t.Fatalf("%d places for %d blocks", cap(q.order), q.len())
		}
	}
	var want []int
	for n := range kept {
		want = append(want, n)
	}
	if diff := cmp.Diff(blocksOf(want...), drainQueue(&q)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// BenchmarkQueue is what a block costs on its way through a queue of a length.
func BenchmarkQueue(b *testing.B) {
	for name, length := range map[string]int{"waiting=64": 64, "waiting=500": 500, "waiting=2000": queueDepth} {
		b.Run(name, func(b *testing.B) {
			var q queue
			for n := range length {
				q.add(block(n))
			}
			b.ReportAllocs()
			for n := length; b.Loop(); n++ {
				first, _ := q.first()
				q.remove(first)
				q.add(block(n % (1 << 20)))
			}
		})
	}
}
