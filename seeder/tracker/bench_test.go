package tracker_test

import (
	"fmt"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// BenchmarkAnnounce is all that an announce over UDP costs but for the packet: the tag, the checks, the limits and the
// answer with 30 peers.
func BenchmarkAnnounce(b *testing.B) {
	names := family.Pair[string]{V4: "v4", V6: "v6"}
	for _, f := range family.All {
		for _, peers := range []int{10, 1_000, 100_000} {
			b.Run(fmt.Sprintf("family=%s/peers=%s", names.Get(f), scaled(peers)), func(b *testing.B) {
				config := open()
				config.Limits = tracker.DefaultLimits()
				tr := newTracker(b, config)
				announces := make([]swarm.Announce, peers)
				for n := range announces {
					announces[n] = *announceOf(f, n)
					announces[n].NumWant, announces[n].BothFamilies, announces[n].Seed = 30, false, n%3 == 0
					announces[n].Tag = tr.Tag([20]byte{byte(n), byte(n >> 8), byte(n >> 16)}, 1)
					announce(b, tr, &announces[n])
				}
				var answer swarm.Answer
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					a := &announces[n]
					a.Tag = tr.Tag([20]byte{byte(n), byte(n >> 8), byte(n >> 16)}, 1)
					_ = tr.Announce(noon, a, &answer) // that some go over their rate is part of it
					if n++; n == len(announces) {
						n = 0
					}
				}
			})
		}
	}
}

// scaled is a number as benchmarks name it: 10k, 2M.
func scaled(n int) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%dM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%dk", n/1e3)
	}
	return fmt.Sprint(n)
}
