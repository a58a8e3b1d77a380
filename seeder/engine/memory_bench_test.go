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

// BenchmarkEngine_Torrents reports the memory of a torrent that nobody downloads, by its number of pieces.
func BenchmarkEngine_Torrents(b *testing.B) {
	for _, pieces := range []int{64, 1500} {
		b.Run(fmt.Sprintf("pieces=%d", pieces), func(b *testing.B) {
			const torrents = 500
			for b.Loop() {
				b.StopTimer()
				s, all := newSeed(b), emptyTorrents(b, torrents, pieces)
				before := inUse()
				b.StartTimer()
				for _, t := range all {
					if err := s.Add(t); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				b.ReportMetric((inUse()-before)/torrents, "B/torrent")
				b.StartTimer()
			}
		})
	}
}

// emptyTorrents are torrents whose data are never read, and so need not be there.
func emptyTorrents(b *testing.B, count, pieces int) []engine.Torrent {
	b.Helper()
	pool := content.NewPool(1)
	var torrents []engine.Torrent
	for i := range count {
		name := fmt.Sprintf("release-%d.iso", i)
		length := int64(pieces) * pieceLength
		layout, err := content.NewLayout([]content.File{{Path: "/srv/iso/" + name, Length: length}}, pieceLength)
		if err != nil {
			b.Fatal(err)
		}
		info := bencode.MustMarshal(map[string]any{
			"name": name, "length": length, "piece length": pieceLength, "pieces": make([]byte, pieces*sha1.Size),
		})
		torrents = append(torrents, engine.Torrent{
			InfoHash: sha1.Sum(info), InfoBytes: info, Data: content.Open(layout, nil, pool),
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
				if err := s.Add(r.Torrent); err != nil {
					b.Fatal(err)
				}
				before := inUse()
				for range connections {
					use(r, connect(b, family.V6, s.port, r.InfoHash))
				}
				b.ReportMetric((inUse()-before)/connections, "B/connection")
			}
		})
	}
}
