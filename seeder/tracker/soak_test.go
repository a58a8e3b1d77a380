package tracker_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// TestSoak has clients come, stay for a while and go, most of them without a word, in hours of the tracker's time. Once
// as many go as come the heap may not grow any more. SIXSEED_SOAK is the number of announces; ten million take a minute.
func TestSoak(t *testing.T) {
	announces := 100_000
	if text := os.Getenv("SIXSEED_SOAK"); text != "" {
		var err error
		if announces, err = strconv.Atoi(text); err != nil {
			t.Fatalf("SIXSEED_SOAK: %v", err)
		}
	}
	config := open()
	config.Limits = tracker.DefaultLimits()
	tr := newTracker(t, config)
	random := rand.New(rand.NewPCG(1, 2))
	now := noon
	// 20 announces a second of the tracker's time: after a quarter of the way as many peers expire as come.
	perTick := max(1, announces/(4*75*60))
	var settled, most uint64
	for n := range announces {
		announceSome(t, tr, random, now)
		if n%perTick == 0 {
			now = now.Add(time.Second)
			tr.Tick(now)
		}
		switch part := announces / 8; {
		case n == 4*part:
			settled = heap()
		case n > 4*part && n%part == 0:
			most = max(most, heap())
		}
	}
	t.Logf("heap %d KiB half way, %d KiB at most after, %+v", settled>>10, most>>10, tr.Stats().Swarms)
	if most > settled+settled/5+1<<20 {
		t.Errorf("the heap has grown from %d to %d bytes", settled, most)
	}
	runtime.KeepAlive(tr)
}

func announceSome(t *testing.T, tr *tracker.Tracker, random *rand.Rand, now time.Time) {
	a := announceOf(family.All[random.IntN(2)], random.IntN(1<<24))
	a.InfoHash[0], a.InfoHash[1] = byte(random.IntN(256)), byte(random.IntN(20)) // some thousand torrents
	a.Event, a.Seed = swarm.Event(random.IntN(5)), random.IntN(2) == 0
	var answer swarm.Answer
	if err := tr.Announce(now, a, &answer); err != nil {
		t.Fatal(err)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
