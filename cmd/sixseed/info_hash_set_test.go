package main

import (
	"math/rand/v2"
	"sync"
	"testing"
)

func TestInfoHashSet(t *testing.T) {
	t.Parallel()
	var set infoHashSet
	want := map[[20]byte]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		infoHash := [20]byte{byte(random.IntN(3)), byte(random.IntN(40))}
		if random.IntN(2) == 0 {
			set.add(infoHash)
			want[infoHash] = true
		} else {
			set.remove(infoHash)
			delete(want, infoHash)
		}
		asked := [20]byte{byte(random.IntN(3)), byte(random.IntN(40))}
		if set.has(asked) != want[asked] {
			t.Fatalf("%x: has is %v", asked[:2], set.has(asked))
		}
	}
}

// Under the race detector this fails if a part is written to that somebody may be reading.
func TestInfoHashSet_IsReadWhileItChanges(t *testing.T) {
	t.Parallel()
	var set infoHashSet
	set.add([20]byte{7})
	var working sync.WaitGroup
	for worker := range byte(4) {
		working.Go(func() {
			for i := range byte(100) {
				set.add([20]byte{7, worker, i})
				if !set.has([20]byte{7}) || !set.has([20]byte{7, worker, i}) {
					t.Error("what is in the set is not found")
				}
			}
		})
	}
	working.Wait()
}

func BenchmarkInfoHashSet_Has(b *testing.B) {
	var set infoHashSet
	for i := range 10_000 {
		set.add([20]byte{byte(i), byte(i >> 8)})
	}
	asked := [20]byte{1, 2}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			set.has(asked)
		}
	})
}
