package e2e_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/peers"
)

const (
	benchSize = 4 << 30 // bytes: an image as large as they are
	benchBits = 21      // pieces of 2 MiB
)

// BenchmarkTools creates and verifies a file of 4 GiB that is in the page cache, beside mktorrent with as many threads as
// there are processors. The ratio is the time of mktorrent divided by ours. All take turns and the shortest time of each
// counts, since other work on a machine comes and goes.
func BenchmarkTools(b *testing.B) {
	peers.Need(b, "mktorrent")
	dir := roomyDir(b)
	image := filepath.Join(dir, "image.iso")
	writeImage(b, image)
	threads := strconv.Itoa(min(runtime.GOMAXPROCS(0), 20)) // mktorrent takes no more
	bits := strconv.Itoa(benchBits)
	ours, theirs := filepath.Join(dir, "ours.torrent"), filepath.Join(dir, "theirs.torrent")
	mktorrent := func() { runProgram(b, "mktorrent", "-t", threads, "-l", bits, "-o", theirs, image) }
	create := func(version string) func() {
		return func() { runProgram(b, program, "create", "--force", "--"+version, "-l", bits, "-o", ours, image) }
	}
	verify := func() { runProgram(b, program, "verify", ours, image) }
	for _, run := range []struct {
		name string
		do   func()
	}{{"create=v2", create("v2")}, {"create=hybrid", create("hybrid")}, {"create=v1", create("v1")}, {"verify=v1", verify}} {
		b.Run(run.name, func(b *testing.B) {
			b.SetBytes(benchSize)
			shortest, mktorrents := time.Hour, time.Hour
			for b.Loop() {
				shortest = min(shortest, duration(run.do))
				b.StopTimer()
				mktorrents = min(mktorrents, duration(mktorrent))
				if err := os.Remove(theirs); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(mktorrents.Seconds()/shortest.Seconds(), "ratio")
		})
	}
}

func duration(do func()) time.Duration {
	begin := time.Now()
	do()
	return time.Since(begin)
}

// roomyDir returns a directory for the test on a disk with room, on a machine with memory for the page cache.
func roomyDir(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	var disk unix.Statfs_t
	var memory unix.Sysinfo_t
	if err := unix.Statfs(dir, &disk); err != nil {
		b.Fatal(err)
	}
	if err := unix.Sysinfo(&memory); err != nil {
		b.Fatal(err)
	}
	free, installed := disk.Bavail*uint64(disk.Bsize), memory.Totalram*uint64(memory.Unit)
	if free < 2*benchSize || installed < 3*benchSize {
		b.Skipf("%d MiB on disk and %d MiB of memory are too little", free>>20, installed>>20)
	}
	return dir
}

// writeImage makes a file of benchSize bytes that repeat every 8 MiB.
func writeImage(b *testing.B, path string) {
	b.Helper()
	block := make([]byte, 8<<20)
	rand.NewChaCha8([32]byte{}).Read(block) //nolint:errcheck // never fails
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for range benchSize / len(block) {
		if _, err := file.Write(block); err != nil {
			b.Fatal(err)
		}
	}
}
