package content_test

import (
	"bytes"
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

// BenchmarkHash hashes 1 GiB that is in the page cache in pieces of 2 MiB, beside mktorrent with as many threads.
// The ratio is the time of mktorrent divided by ours. Both take turns and the shortest time of each counts, since other
// work on a machine comes and goes; so it takes some rounds (-benchtime 10x) to mean something.
func BenchmarkHash(b *testing.B) {
	const size, pieceBits = 1 << 30, 21
	path := filepath.Join(b.TempDir(), "image.iso")
	writeRandom(b, path, size)
	layout, err := content.NewLayout([]content.File{{Path: path, Length: size}}, 1<<pieceBits)
	if err != nil {
		b.Fatal(err)
	}
	threads := min(runtime.GOMAXPROCS(0), 20) // mktorrent takes no more
	sixseed := func(b *testing.B) {
		if _, err := content.Hash(b.Context(), layout, threads, nil); err != nil {
			b.Fatal(err)
		}
	}
	mktorrent := func(b *testing.B) { runMktorrent(b, path, pieceBits, threads) }

	sixseed(b) // brings the file into the page cache
	b.Run("with=sixseed", func(b *testing.B) { loop(b, size, sixseed) })
	b.Run("with=mktorrent", func(b *testing.B) { loop(b, size, mktorrent) })
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
