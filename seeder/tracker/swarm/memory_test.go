package swarm_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"sixseed/policy/family"
)

// Not parallel to others, whose memory would be counted, too.
func TestStore_Sweep_GivesMemoryBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	before := allocated()
	s := limited(family.V6)
	empty := allocated() - before
	fill(s, random, 400_000, func(*rand.Rand) int { return 20_000 })
	fill(s, random, 100_000, func(*rand.Rand) int { return 1 })
	full := allocated() - before
	sweepAll(s, 115) // for those who announced in the last five minutes
	kept, left := allocated()-before-empty, addresses(s)
	if want := uint64(left) * 150; left == 0 || kept > want || full < 10*kept {
		t.Errorf("%d peers take %d bytes, of %d before", left, kept, full)
	}
	sweepAll(s, 120)
	if kept := allocated() - before; kept > empty+empty/2 {
		t.Errorf("no peers take %d bytes, %d at first", kept, empty)
	}
	runtime.KeepAlive(s)
}

// allocated is the memory that is in use.
func allocated() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
