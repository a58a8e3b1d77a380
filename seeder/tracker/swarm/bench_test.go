package swarm_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// BenchmarkAnnounce is a client that announces again and asks for 10 peers of its own family, as over UDP.
func BenchmarkAnnounce(b *testing.B) {
	for _, f := range family.All {
		for _, peers := range []int{1, 10, 100, 1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("family=%s/peers=%s", short(f), scaled(peers)), func(b *testing.B) {
				s := limited(f)
				random := rand.New(rand.NewPCG(1, 2))
				announces := make([]swarm.Announce, peers)
				for i := range announces {
					announces[i] = announceOf(random, f)
					announces[i].InfoHash[0] = 1
				}
				announceAll(s, announces)
				var answer swarm.Answer
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					s.Announce(0, &announces[i], &answer)
					if i++; i == len(announces) {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkJoin is a client that announces for the first time to a swarm of that many, and leaves.
func BenchmarkJoin(b *testing.B) {
	for _, f := range family.All {
		for _, peers := range []int{10, 1_000, 100_000} {
			b.Run(fmt.Sprintf("family=%s/peers=%s", short(f), scaled(peers)), func(b *testing.B) {
				s := limited(f)
				random := rand.New(rand.NewPCG(1, 2))
				for range peers {
					a := announceOf(random, f)
					announceAll(s, []swarm.Announce{a})
				}
				a := announceOf(random, f)
				var answer swarm.Answer
				b.ReportAllocs()
				for b.Loop() {
					a.Event = swarm.Started
					s.Announce(0, &a, &answer)
					a.Event = swarm.Stopped
					s.Announce(0, &a, &answer)
				}
			})
		}
	}
}

// BenchmarkMemory is what a store takes with millions of peers of both families, a third of whose clients have both: in
// swarms of 1 to 10,000 peers, as many peers in small ones as in large. It says how long a collection of garbage stops
// everything, and how long the slowest step of a sweep takes.
func BenchmarkMemory(b *testing.B) {
	for _, peers := range []int{1_000_000, 2_000_000, 10_000_000} {
		b.Run("peers="+scaled(peers), func(b *testing.B) {
			for b.Loop() {
				measure(b, peers, func(random *rand.Rand) int { return int(1 + 9_999*random.Float64()) })
			}
		})
	}
	b.Run("peers=2M/swarms=1M", func(b *testing.B) {
		for b.Loop() {
			measure(b, 2_000_000, func(*rand.Rand) int { return 2 })
		}
	})
}

func measure(b *testing.B, peers int, size func(*rand.Rand) int) {
	before := heap()
	s := limited(family.V6)
	fill(s, rand.New(rand.NewPCG(1, 2)), peers, size)
	used := heap() - before
	held, swarms := addresses(s), s.Totals().Swarms
	b.ReportMetric(float64(used)/float64(held), "B/peer")
	b.ReportMetric(float64(swarms), "swarms")
	b.ReportMetric(float64(pause().Microseconds()), "µs-gc-pause")
	steps := make([]time.Duration, s.Shards())
	for shard := range steps {
		start := time.Now()
		s.Sweep(66, shard) // a tenth of the peers are too old by then
		steps[shard] = time.Since(start)
	}
	slices.Sort(steps)
	b.ReportMetric(float64(steps[len(steps)/2].Nanoseconds())/1e3, "µs/median-sweep-step")
	b.ReportMetric(float64(steps[len(steps)-1].Nanoseconds())/1e3, "µs/slowest-sweep-step")
	runtime.KeepAlive(s)
}

// limited is a store with the limits of a tracker that strangers reach.
func limited(f family.Family) *swarm.Store {
	return swarm.New(swarm.Config{
		Lifetime: 60, Share: tenOf(f), Limits: swarm.Limits{PerNet64: 4, PerNet48: 64, PerAddress4: 32},
	})
}

// fill makes swarms, each of some size, until there are that many peers. They have announced in the first hour, and a
// third of the clients over both families.
func fill(s *swarm.Store, random *rand.Rand, peers int, size func(*rand.Rand) int) {
	var answer swarm.Answer
	for left := peers; left > 0; {
		var infoHash swarm.InfoHash
		binary.BigEndian.PutUint64(infoHash[:], random.Uint64())
		for n := min(size(random), left); n > 0; {
			f := family.All[random.IntN(2)]
			a := announceOf(random, f)
			a.InfoHash = infoHash
			now := swarm.Minute(random.IntN(60))
			s.Announce(now, &a, &answer)
			n, left = n-1, left-1
			if n > 0 && random.IntN(3) == 0 {
				a.Peer = announceOf(random, other(f)).Peer
				s.Announce(now, &a, &answer)
				n, left = n-1, left-1
			}
		}
	}
}

// announceOf is an announce of a client that there is no other of.
func announceOf(random *rand.Rand, f family.Family) swarm.Announce {
	a := swarm.Announce{Tag: swarm.Tag(random.Uint32()), NumWant: 10, Seed: random.IntN(2) == 0}
	addr := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, random.Uint32())))
	if f == family.V6 {
		bytes := [16]byte{0x20, 3}
		binary.BigEndian.PutUint32(bytes[2:], random.Uint32())
		binary.BigEndian.PutUint64(bytes[8:], random.Uint64())
		addr = netip.AddrFrom16(bytes)
	}
	a.Peer = netip.AddrPortFrom(addr, uint16(1+random.IntN(1<<16-1)))
	return a
}

func announceAll(s *swarm.Store, announces []swarm.Announce) {
	var answer swarm.Answer
	for i := range announces {
		s.Announce(0, &announces[i], &answer)
	}
}

func tenOf(f family.Family) func(swarm.Demand) swarm.Share {
	return func(swarm.Demand) (share swarm.Share) {
		*share.At(f) = 10
		return share
	}
}

func short(f family.Family) string {
	if f == family.V6 {
		return "v6"
	}
	return "v4"
}

// heap is the memory that is in use, and what the allocator cannot give to others for it.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}

// pause is the longest stop of a collection that is made now.
func pause() time.Duration {
	runtime.GC()
	stats := debug.GCStats{}
	debug.ReadGCStats(&stats)
	return stats.Pause[0]
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
