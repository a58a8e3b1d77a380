package choker_test

import (
	"fmt"
	"testing"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

// BenchmarkChoker times one round: half of the peers are interested, in both families.
func BenchmarkChoker(b *testing.B) {
	for _, bench := range []struct{ peers, slots int }{{2_000, 100}, {10_000, 0}, {10_000, 100}} {
		b.Run(fmt.Sprintf("peers=%d/slots=%d", bench.peers, bench.slots), func(b *testing.B) {
			peers := make([]choker.Peer, bench.peers)
			for i := range peers {
				peers[i] = choker.Peer{
					ID:         choker.ID(i),
					Family:     family.All[i%2],
					Interested: i%4 < 2,
					Unchoked:   i%4 == 0 && i < 4*bench.slots,
					Since:      start.Add(time.Duration(i*7919%60_000) * time.Millisecond),
				}
			}
			rules, now := choker.Rules{Slots: bench.slots, Turn: turn}, start.Add(time.Minute)
			b.ReportAllocs()
			for b.Loop() {
				rules.Decide(peers, now)
			}
		})
	}
}
