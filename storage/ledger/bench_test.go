package ledger_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"sixseed/policy/family"
	"sixseed/storage/ledger"
)

// A flush of the daemon when every torrent has sent something over both families.
func BenchmarkRecord(b *testing.B) {
	for _, torrents := range []int{1, 100, 1000} {
		b.Run("torrents="+shortened(torrents), func(b *testing.B) {
			l := open(b, filepath.Join(b.TempDir(), ledger.FileName), ledger.Config{})
			var deltas []ledger.Delta
			for n := range torrents {
				for _, f := range family.All {
					delta := sent(0, f, 1_000_000)
					delta.InfoHash = [20]byte{byte(n >> 8), byte(n)}
					deltas = append(deltas, delta)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				record(b, l, deltas...)
			}
		})
	}
}

// What the library does after each release that it has hashed.
func BenchmarkSetVerified(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), ledger.FileName), ledger.Config{})
	n := 0
	for b.Loop() {
		n++
		if err := l.SetVerified(b.Context(), fmt.Sprintf("/srv/iso/release-%d.iso", n), make([]byte, 64)); err != nil {
			b.Fatal(err)
		}
	}
}

// shortened is n as benchmarks are named: 1k for 1000.
func shortened(n int) string {
	if n%1000 == 0 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}
