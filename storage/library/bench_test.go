package library

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sixseed/storage/metafile"
)

// BenchmarkLook measures the two steps of a look that nothing can be saved in: every look does them for every file.
func BenchmarkLook(b *testing.B) {
	const files = 10_000
	dir := b.TempDir()
	torrents := make([]*torrent, files)
	for i := range torrents {
		folder := filepath.Join(dir, fmt.Sprint(i%100))
		name := fmt.Sprintf("release-%d.iso", i)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o644); err != nil {
			b.Fatal(err)
		}
		torrents[i] = &torrent{path: filepath.Join("/state", ownName(name, filepath.Join(folder, name))), own: true}
		torrents[i].meta = &metafile.Metafile{Name: name, Files: []metafile.File{{Path: []string{name}, Length: 1}}}
	}
	var s snapshot
	b.Run(fmt.Sprintf("step=scan/files=%d", files), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s, _ = scan(context.Background(), []string{dir}, func(string) {})
		}
	})
	b.Run(fmt.Sprintf("step=pair/files=%d", files), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := pair(s, torrents, nil, func(*torrent, *placement) (opinion, string) { return proven, "" })
			if len(p.matches) != files || len(p.orphans) != 0 {
				b.Fatalf("%d matches, %d orphans", len(p.matches), len(p.orphans))
			}
		}
	})
}
