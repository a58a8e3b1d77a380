package engine_test

import (
	"crypto/sha1"
	"fmt"
	"runtime"
	"testing"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/storage/content"
)

// inUse is the memory that the process cannot give back: heap and stacks.
func inUse() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

// BenchmarkEngine_Torrents reports the memory of a torrent, by its number of pieces: with all that the engine keeps of it
// and its data, before anybody has asked for it, while it is in use, and after that. The time is that of activation.
func BenchmarkEngine_Torrents(b *testing.B) {
	for _, pieces := range []int{64, 1500} {
		b.Run(fmt.Sprintf("pieces=%d", pieces), func(b *testing.B) {
			const torrents = 500
			for b.Loop() {
				b.StopTimer()
				s := newSeed(b)
				before := inUse()
				report := func(state string) { b.ReportMetric((inUse()-before)/torrents, state+"-B/torrent") }
				all := emptyTorrents(b, torrents, pieces)
				for _, t := range all {
					s.add(b, t)
				}
				report("dormant")
				b.StartTimer()
				for _, t := range all {
					s.open(b, t.InfoHash)
				}
				b.StopTimer()
				report("active")
				s.retireAll(b, all)
				report("retired")
				b.StartTimer()
			}
		})
	}
}

// retireAll lets go of torrents that were opened once.
func (s *seed) retireAll(b *testing.B, all []engine.Torrent) {
	b.Helper()
	for _, t := range all {
		opened := s.open(b, t.InfoHash)
		opened.Release(start)
		opened.Release(start) // the one that made it active
	}
	s.Retire(start)
	s.Retire(start.Add(engine.IdleAfter))
	if s.Active() != 0 {
		b.Fatalf("%d torrents are still active", s.Active())
	}
}

// emptyTorrents are torrents whose data are never read, and so need not be there.
func emptyTorrents(t testing.TB, count, pieces int) []engine.Torrent {
	t.Helper()
	pool := content.NewPool(1)
	var torrents []engine.Torrent
	for i := range count {
		name := fmt.Sprintf("release-%d.iso", i)
		length := int64(pieces) * pieceLength
		layout, err := content.NewLayout([]content.File{{Path: "/srv/iso/" + name, Length: length}}, pieceLength)
		if err != nil {
			t.Fatal(err)
		}
		info := func() []byte {
			return bencode.MustMarshal(map[string]any{
				"name": name, "length": length, "piece length": pieceLength, "pieces": make([]byte, pieces*sha1.Size),
			})
		}
		torrents = append(torrents, engine.Torrent{
			InfoHash: sha1.Sum(info()),
			Info:     func() ([]byte, error) { return info(), nil },
			Data:     content.Open(layout, make([]content.Stamp, 1), pool),
		})
	}
	return torrents
}

// BenchmarkEngine_Connections reports the memory of a peer connection, before and after it was sent a torrent. The
// other end of it is in the figure, which has no buffers.
func BenchmarkEngine_Connections(b *testing.B) {
	const connections = 50
	for name, use := range map[string]func(release, *peer){
		"idle":   func(_ release, p *peer) { p.settle() },
		"active": release.download,
	} {
		b.Run("state="+name, func(b *testing.B) {
			for b.Loop() {
				s, r := newSeed(b), newRelease(b, nil)
				s.add(b, r.Torrent)
				before := inUse()
				for range connections {
					use(r, s.connect(b, family.V6, r.InfoHash))
				}
				b.ReportMetric((inUse()-before)/connections, "B/connection")
			}
		})
	}
}
