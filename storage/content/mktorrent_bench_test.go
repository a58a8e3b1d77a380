package content_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"sixseed/storage/content"
)

// The benchmarks hash 1 GiB in the page cache in pieces of 2 MiB.
const benchmarkedSize, benchmarkedPieceBits = 1 << 30, 21

func benchmarked(b *testing.B) content.Layout {
	b.Helper()
	path := filepath.Join(b.TempDir(), "image.iso")
	writeRandom(b, path, benchmarkedSize)
	layout, err := content.NewLayout([]content.File{{Path: path, Length: benchmarkedSize}}, 1<<benchmarkedPieceBits)
	if err != nil {
		b.Fatal(err)
	}
	digest(b, layout, content.Versions{V1: true}, 0) // brings the file into the page cache
	return layout
}

func digest(b *testing.B, layout content.Layout, versions content.Versions, workers int) {
	b.Helper()
	if _, err := content.Digest(b.Context(), layout, versions, workers, nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDigest hashes for each version. Two metrics compare the speed with what the processors could do together. For
// of_cores that is the speed of one worker on the same file, times their number. For of_ideal it is the speed at which
// one of them hashes its own cache, times their number: nothing is read, so no reader can reach it. All take turns and
// the shortest time of each counts, since other work on a machine comes and goes; so it takes some rounds
// (-benchtime 10x) to mean something.
func BenchmarkDigest(b *testing.B) {
	layout := benchmarked(b)
	for _, test := range []struct {
		name     string
		versions content.Versions
	}{{"v1", content.Versions{V1: true}}, {"hybrid", content.Versions{V1: true, V2: true}}, {"v2", content.Versions{V2: true}}} {
		b.Run("version="+test.name, func(b *testing.B) {
			b.SetBytes(benchmarkedSize)
			ours, alone, ideal := time.Hour, time.Hour, time.Hour
			for b.Loop() {
				ours = min(ours, elapsed(b, func(b *testing.B) { digest(b, layout, test.versions, 0) }))
				b.StopTimer()
				alone = min(alone, elapsed(b, func(b *testing.B) { digest(b, layout, test.versions, 1) }))
				ideal = min(ideal, idealTime(test.versions))
				b.StartTimer()
			}
			b.ReportMetric(alone.Seconds()/ours.Seconds()/float64(runtime.GOMAXPROCS(0)), "of_cores")
			b.ReportMetric(ideal.Seconds()/ours.Seconds(), "of_ideal")
		})
	}
}

// idealTime is how long all processors would take for the benchmarked data, measured on one with a part of them.
func idealTime(versions content.Versions) time.Duration {
	const part = benchmarkedSize >> 4
	buffer := make([]byte, 256<<10)
	begin := time.Now()
	for range part / len(buffer) {
		if versions.V1 {
			_ = sha1.Sum(buffer)
		}
		if versions.V2 {
			_ = sha256.Sum256(buffer)
		}
	}
	return time.Since(begin) * (benchmarkedSize / part) / time.Duration(runtime.GOMAXPROCS(0))
}

// BenchmarkHash hashes for version 1 beside mktorrent with as many threads. The ratio is the time of mktorrent divided
// by ours; they take turns as in BenchmarkDigest.
func BenchmarkHash(b *testing.B) {
	layout := benchmarked(b)
	threads := min(runtime.GOMAXPROCS(0), 20) // mktorrent takes no more
	sixseed := func(b *testing.B) { digest(b, layout, content.Versions{V1: true}, 0) }
	mktorrent := func(b *testing.B) { runMktorrent(b, layout.Files()[0].Path, benchmarkedPieceBits, threads) }
	b.Run("with=sixseed", func(b *testing.B) { loop(b, benchmarkedSize, sixseed) })
	b.Run("with=mktorrent", func(b *testing.B) { loop(b, benchmarkedSize, mktorrent) })
	b.Run("with=both", func(b *testing.B) {
		ours, theirs := time.Hour, time.Hour
		for b.Loop() {
			ours = min(ours, elapsed(b, sixseed))
			theirs = min(theirs, elapsed(b, mktorrent))
		}
		b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
	})
}

func loop(b *testing.B, size int64, hash func(*testing.B)) {
	b.SetBytes(size)
	for b.Loop() {
		hash(b)
	}
}

func elapsed(b *testing.B, f func(*testing.B)) time.Duration {
	begin := time.Now()
	f(b)
	return time.Since(begin)
}

// runMktorrent makes a .torrent of the file at path and throws it away.
func runMktorrent(b *testing.B, path string, pieceBits, threads int) {
	b.Helper()
	program, err := exec.LookPath("mktorrent")
	if err != nil && os.Getenv("CI") == "true" {
		b.Fatal(err)
	} else if err != nil {
		b.Skip(err)
	}
	output := path + ".torrent"
	command := exec.CommandContext(b.Context(), program, "-a", "http://tracker.example.org/announce",
		"-t", strconv.Itoa(threads), "-l", strconv.Itoa(pieceBits), "-o", output, path)
	if text, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, text)
	}
	if err := os.Remove(output); err != nil {
		b.Fatal(err)
	}
}

// writeRandom makes a file of size bytes that repeat every MiB.
func writeRandom(tb testing.TB, path string, size int) {
	tb.Helper()
	block := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{}).Read(block) //nolint:errcheck // never fails
	data := bytes.Repeat(block, size>>20)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
}
