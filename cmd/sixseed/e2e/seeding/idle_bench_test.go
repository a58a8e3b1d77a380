package seeding_test

import (
	"slices"
	"testing"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

const activePeers, idlePeers = 100, 1900

// BenchmarkIdle reports what a connection that does nothing takes of a seeder's memory, and what 1,900 of them take away
// from 100 peers that download: bytes_of_alone is what these receive beside the idle ones, divided by what they receive
// without them. Both families have half of the peers.
func BenchmarkIdle(b *testing.B) {
	prepareNetwork(b)
	pinPeers(b)
	r := rig.NewRelease(b, releaseLength)
	for _, m := range makers[:2] {
		b.Run("seeder="+m.name, func(b *testing.B) {
			s := m.start(b, r)
			before := s.process.use(b).own // while the seeder has used little yet, and nothing is free to be used again
			idle := s.crowd(0, idlePeers)
			memory := (s.must(b, r, idle...).own - float64(before)) / idlePeers
			active := s.crowd(idlePeers, activePeers)
			for i := range active {
				active[i].InFlight = usualInFlight
			}
			var speeds, ratios []float64
			for b.Loop() {
				alone := s.must(b, r, active...)
				beside := s.must(b, r, slices.Concat(idle, active)...)
				speeds = append(speeds, beside.bytesPerSecond)
				ratios = append(ratios, beside.bytesPerSecond/alone.bytesPerSecond)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(memory, "B/idle")
			b.ReportMetric(median(speeds)/1e9, "GB/s")
			b.ReportMetric(median(ratios), "bytes_of_alone")
		})
	}
}

func (s *seeder) must(b *testing.B, r *rig.Release, peers ...load.Group) reading {
	b.Helper()
	measured, err := s.measure(b, r, peers...)
	if err != nil {
		b.Fatal(err)
	}
	return measured
}

// crowd is that many peers who ask for nothing, half of them over each family, from addresses that begin with the first.
func (s *seeder) crowd(first, count int) []load.Group {
	var groups []load.Group
	for _, f := range family.All {
		groups = append(groups, load.Group{
			Seeder: s.address(f), Sources: sources(f, first, count/2), Connections: count / 2,
		})
	}
	return groups
}
