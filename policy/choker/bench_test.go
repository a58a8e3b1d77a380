package choker_test

import (
	"fmt"
	"testing"
	"time"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

// benchPeers returns peers of which three of four are interested and a fifth has IPv6. As many as there are slots hold
// one; the turn of some of them is over.
func benchPeers(count, slots int) []choker.Peer {
	peers := make([]choker.Peer, count)
	for i := range peers {
		peers[i] = choker.Peer{
			ID:         choker.ID(i),
			Family:     family.All[min(i%5, 1)],
			Interested: i%4 < 3,
			Unchoked:   i%4 == 0 && i < 4*slots,
			Since:      start.Add(time.Duration(i*7919%60_000) * time.Millisecond),
			Turns:      i % 3,
			Sent:       int64(i*104_729) % (40 << 20),
			Quota:      20 << 20,
			Rate:       useful,
			Waits:      i%2 == 0,
		}
	}
	return peers
}

// BenchmarkChoker times one round.
func BenchmarkChoker(b *testing.B) {
	for _, bench := range []struct {
		name         string
		peers, slots int
	}{{"2k", 2_000, 100}, {"10k", 10_000, 0}, {"10k", 10_000, 100}, {"10k", 10_000, 2000}} {
		b.Run(fmt.Sprintf("peers=%s/slots=%d", bench.name, bench.slots), func(b *testing.B) {
			peers, now := benchPeers(bench.peers, bench.slots), start.Add(time.Minute)
			rules := choker.Rules{Slots: bench.slots, Limit: bothUnlimited, Keep: keep, Turn: turn}
			b.ReportAllocs()
			for b.Loop() {
				rules.Decide(peers, now)
			}
		})
	}
}

// BenchmarkAuto times one step.
func BenchmarkAuto(b *testing.B) {
	peers, now := benchPeers(10_000, 2000), start.Add(time.Minute)
	auto := choker.Auto{Slots: 2000, Since: start}
	b.Run("peers=10k", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			auto.Next(peers, 10_000, now)
		}
	})
}
