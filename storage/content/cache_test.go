package content_test

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
)

func TestOutgrows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		length, memory int64
		want           bool
	}{
		{4 << 30, 8 << 30, false},
		{4<<30 + 1, 8 << 30, true},
		{1, 0, true},
		{math.MaxInt64, math.MaxInt64, true},
	} {
		if got := content.Outgrows(test.length, test.memory); got != test.want {
			t.Errorf("%d bytes in a memory of %d: %v", test.length, test.memory, got)
		}
	}
	if size := content.MemorySize(); size < 1<<20 || size > 1<<50 {
		t.Errorf("this computer has %d bytes of memory", size)
	}
}

func TestDigest_LeavesThePageCacheAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dropBehind bool
		want       bool // most of it is in the cache
	}{"LargeData": {true, false}, "OtherData": {false, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := newTorrent(t, 64*kib, 4<<20)
			uncache(t, made.path(0))
			if err := content.HashKeeping(t.Context(), made.Layout, !test.dropBehind); err != nil {
				t.Fatal(err)
			}
			if got := cachedShare(t, made.path(0)) > 0.5; got != test.want {
				t.Errorf("in the page cache: %v", got)
			}
		})
	}
}

func TestIsCached(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 64*kib, 1<<20)
	uncache(t, made.path(0))
	file, err := os.Open(made.path(0))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, off := range []int64{0, 100, 1<<20 - 1} {
		switch cached, err := content.IsCached(file, off, 1); {
		case errors.Is(err, unix.ENOSYS):
			t.Skip("this kernel does not say what is in the page cache")
		case cached || err != nil:
			t.Errorf("byte %d, before it was read: %v, %v", off, cached, err)
		}
	}
	if _, err := io.Copy(io.Discard, file); err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct{ off, length int64 }{{0, 1 << 20}, {512*kib - 1, 512*kib + 1}, {1<<20 - 1, 1}} {
		if cached, err := content.IsCached(file, part.off, part.length); !cached || err != nil {
			t.Errorf("%d bytes at %d, after they were read: %v, %v", part.length, part.off, cached, err)
		}
	}
}

func TestIsReadAtOnce(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 64*kib, 1<<20)
	file, err := os.Open(made.path(0))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	eventually(t, "the answer is no for a byte on the disk", func() bool { // there are fast disks
		uncache(t, made.path(0))
		return !content.IsReadAtOnce(file, 512*kib)
	})
	if _, err := io.Copy(io.Discard, file); err != nil {
		t.Fatal(err)
	}
	if !content.IsReadAtOnce(file, 1<<20-1) {
		t.Error("the last byte is not read at once after it was read")
	}
	if content.IsReadAtOnce(file, 1<<20) {
		t.Error("there is a byte past the end")
	}
}

// uncache takes a file out of the page cache; on a memory file system nothing can.
func uncache(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var stat unix.Statfs_t
	if err := unix.Fstatfs(int(file.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	if stat.Type == unix.TMPFS_MAGIC {
		t.Skip("the temporary directory is in memory")
	}
	if err := errors.Join(file.Sync(), unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED)); err != nil {
		t.Fatal(err)
	}
}

// cachedShare returns how much of a file is in the page cache, 0 to 1.
func cachedShare(t *testing.T, path string) float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := unix.Mmap(int(file.Fd()), 0, int(stat.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(mapped) }()
	pages := make([]byte, len(mapped)/os.Getpagesize())
	//nolint:gosec // there is no wrapper for mincore, and both slices outlive the call
	_, _, code := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&mapped[0])), uintptr(len(mapped)), uintptr(unsafe.Pointer(&pages[0])))
	if code != 0 {
		t.Fatal(code)
	}
	cached := 0
	for _, page := range pages {
		cached += int(page & 1)
	}
	return float64(cached) / float64(len(pages))
}

// With pieces of 16 MiB in 64 workers, a buffer for whole pieces would take a GiB. The file is a hole and takes no disk.
// The test is not parallel: it counts all that is allocated meanwhile.
func TestDigest_TakesLittleMemory(t *testing.T) {
	const size, pieceLength, workers, limit = 1 << 30, 16 << 20, 64, 200 << 20
	path := filepath.Join(t.TempDir(), "hole.iso")
	write(t, path, nil)
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	layout, err := content.NewLayout([]content.File{{Path: path, Length: size}}, pieceLength)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := content.Digest(t.Context(), layout, both, workers, nil); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > limit {
		t.Errorf("allocated %d MiB, which is more than %d", allocated>>20, limit>>20)
	}
}
