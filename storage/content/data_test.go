package content_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
)

// changes are the ways in which a file can stop being the one that was verified.
func changes() map[string]func(path string) error {
	long := time.Unix(1300000000, 0)
	return map[string]func(path string) error{
		"Truncated": func(path string) error { return os.Truncate(path, 3) },
		"Appended":  func(path string) error { return os.Truncate(path, 100<<20) },
		"Removed":   os.Remove,
		"Touched":   func(path string) error { return os.Chtimes(path, long, long) },
		"Replaced": func(path string) error {
			stat, err := os.Stat(path)
			if err != nil {
				return err
			}
			return errors.Join(
				os.WriteFile(path+".new", make([]byte, stat.Size()), 0o600),
				os.Chtimes(path+".new", stat.ModTime(), stat.ModTime()),
				os.Rename(path+".new", path))
		},
		"ReplacedByALoop": func(path string) error { return errors.Join(os.Remove(path), os.Symlink(path, path)) },
		"ReplacedByAPipe": func(path string) error { return errors.Join(os.Remove(path), unix.Mkfifo(path, 0o600)) },
	}
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

func TestData_ReadAt(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 10, 0, 6*pad, 30, 2*pad)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	defer data.Close()
	for off := range made.Length() + 2 {
		for length := range made.Length() + 2 {
			got := bytes.Repeat([]byte{0xff}, int(length)) // so that padding has something to overwrite
			n, err := data.ReadAt(got, off)
			want := made.bytes[min(off, made.Length()):min(off+length, made.Length())]
			equal(t, got[:n], want)
			if short := n < int(length); short != errors.Is(err, io.EOF) || !short && err != nil {
				t.Fatalf("%d of %d bytes at %d: error is %v", n, length, off, err)
			}
		}
	}
	if _, err := data.ReadAt(make([]byte, 1), -1); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("at -1: error is %v", err)
	}
	if isClosed(data.Changed()) {
		t.Error("nothing has changed")
	}
}

func TestData_ChangeEndsReading(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		for _, when := range []string{"WhileOpen", "BeforeOpening"} {
			t.Run(name+when, func(t *testing.T) {
				t.Parallel()
				made := newTorrent(t, 16, 100, 100)
				data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
				defer data.Close()
				if when == "WhileOpen" {
					if _, err := data.ReadAt(make([]byte, 50), 0); err != nil {
						t.Fatal(err)
					}
				}
				if err := change(made.path(0)); err != nil {
					t.Fatal(err)
				}
				assertRefused(t, made, data)
			})
		}
	}
}

// assertRefused checks that nothing is read from data whose first file has changed.
func assertRefused(t *testing.T, made torrent, data *content.Data) {
	t.Helper()
	n, err := data.ReadAt(make([]byte, 100), 0)
	if n != 0 || !errors.Is(err, content.ErrChanged) || !strings.Contains(err.Error(), made.path(0)) {
		t.Errorf("read %d bytes, error is %v; want ErrChanged and the path in it", n, err)
	}
	if !isClosed(data.Changed()) {
		t.Error("Changed is not closed")
	}
	if n, err := data.ReadAt(make([]byte, 100), 100); n != 0 || !errors.Is(err, content.ErrChanged) {
		t.Errorf("of the other file read %d bytes, error is %v", n, err)
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files still open: the space of a removed one is not freed", open)
	}
}

func TestData_ManyReadersFindTheChange(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(2))
	defer data.Close()
	if err := os.Remove(made.path(0)); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := data.ReadAt(make([]byte, 1), 0); !errors.Is(err, content.ErrChanged) {
				t.Errorf("error is %v", err)
			}
		})
	}
	group.Wait()
	if !isClosed(data.Changed()) {
		t.Error("Changed is not closed")
	}
}

func TestData_StaysRefusedWhenTheFileComesBack(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	defer data.Close()
	aside := made.path(0) + ".aside"
	if err := os.Rename(made.path(0), aside); err != nil {
		t.Fatal(err)
	}
	if _, err := data.ReadAt(make([]byte, 1), 0); !errors.Is(err, content.ErrChanged) {
		t.Errorf("error is %v", err)
	}
	if err := os.Rename(aside, made.path(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := data.ReadAt(make([]byte, 1), 0); !errors.Is(err, content.ErrChanged) {
		t.Errorf("error is %v", err)
	}
}

func TestData_WithoutStampsReadsNothing(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, nil, content.NewPool(8))
	defer data.Close()
	if n, err := data.ReadAt(make([]byte, 1), 0); n != 0 || !errors.Is(err, content.ErrChanged) {
		t.Errorf("read %d bytes, error is %v", n, err)
	}
}

func TestData_Close(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	if _, err := data.ReadAt(make([]byte, 200), 0); err != nil {
		t.Fatal(err)
	}
	if open := made.openFiles(t); open != 2 {
		t.Errorf("%d files open", open)
	}
	for range 2 {
		if err := data.Close(); err != nil {
			t.Error(err)
		}
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files still open", open)
	}
	if _, err := data.ReadAt(make([]byte, 1), 0); !errors.Is(err, fs.ErrClosed) || errors.Is(err, content.ErrChanged) {
		t.Errorf("error is %v", err)
	}
	if isClosed(data.Changed()) {
		t.Error("closing is not a change")
	}
}

func TestPool_BoundsOpenFiles(t *testing.T) {
	t.Parallel()
	const limit, readers, reads = 3, 8, 300
	pool := content.NewPool(limit)
	made := newTorrent(t, 16, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
	open := [2]*content.Data{} // one pool for two torrents
	for i := range open {
		open[i] = content.Open(made.Layout, made.stamps(t), pool)
	}
	// Descriptors can only be counted while nobody opens or closes one.
	var still sync.RWMutex
	var group sync.WaitGroup
	for reader := range readers {
		group.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(reader)))
			for range reads {
				off := random.Int64N(made.Length())
				got := make([]byte, random.Int64N(made.Length()-off+1))
				still.RLock()
				n, err := open[reader%2].ReadAt(got, off)
				still.RUnlock()
				if n != len(got) || err != nil {
					t.Errorf("read %d of %d bytes: %v", n, len(got), err)
				}
				equal(t, got, made.bytes[off:][:len(got)])
				still.Lock()
				if count := made.openFiles(t); count > limit {
					t.Errorf("%d files open", count)
				}
				still.Unlock()
			}
		})
	}
	group.Wait()
	for _, data := range open {
		data.Close()
	}
	if count := made.openFiles(t); count != 0 {
		t.Errorf("%d files still open", count)
	}
}

func TestPool_ClosesTheOneUsedLongestAgo(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1, 1)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(2))
	defer data.Close()
	for _, off := range []int64{0, 1, 0, 2} {
		if _, err := data.ReadAt(make([]byte, 1), off); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range []bool{true, false, true} {
		if got := content.IsOpen(data, file); got != want {
			t.Errorf("file %d open is %v, want %v", file, got, want)
		}
	}
}

func TestPool_WaitsWhileAllAreInUse(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		release, err := content.Hold(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error, 1)
		go func() {
			_, err := data.ReadAt(make([]byte, 1), 1)
			read <- err
		}()
		synctest.Wait()
		if len(read) != 0 {
			t.Error("a second file was opened")
		}
		if _, err := data.ReadAt(make([]byte, 1), 0); err != nil {
			t.Errorf("the file in use cannot be read: %v", err)
		}
		release()
		if err := <-read; err != nil {
			t.Error(err)
		}
		data.Close()
	})
}

func TestPool_CloseWakesWhoWaits(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		release, err := content.Hold(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error, 1)
		go func() {
			_, err := data.ReadAt(make([]byte, 1), 1)
			read <- err
		}()
		synctest.Wait()
		data.Close()
		if err := <-read; !errors.Is(err, fs.ErrClosed) {
			t.Errorf("error is %v", err)
		}
		if open := made.openFiles(t); open != 1 {
			t.Errorf("%d files open: the one in use was closed under its reader", open)
		}
		release()
		if open := made.openFiles(t); open != 0 {
			t.Errorf("%d files still open", open)
		}
	})
}

func TestPool_LastUserCloses(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	var releases [2]func()
	for i := range releases {
		release, err := content.Hold(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		releases[i] = release
	}
	data.Close()
	for i, want := range []int{1, 0} {
		releases[i]()
		if open := made.openFiles(t); open != want {
			t.Errorf("%d files open after release %d, want %d", open, i, want)
		}
	}
}

func BenchmarkData_ReadAt(b *testing.B) {
	const size, block = 64 << 20, 16 << 10
	made := newTorrent(b, 1<<20, size)
	data := content.Open(made.Layout, made.stamps(b), content.NewPool(8))
	defer data.Close()
	b.SetBytes(block)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		p := make([]byte, block)
		for off := int64(0); pb.Next(); off = (off + block) % size {
			if _, err := data.ReadAt(p, off); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
