package content_test

import (
	"errors"
	"math"
	"os"
	"testing"

	"sixseed/storage/content"
)

// newCold returns a torrent none of whose files is in the page cache, and its data.
func newCold(t *testing.T, lengths ...int) (torrent, *content.Data) {
	t.Helper()
	made := newTorrent(t, 64*kib, lengths...)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	t.Cleanup(func() { _ = data.Close() })
	for i, length := range lengths {
		if length > 0 {
			uncache(t, made.path(i))
		}
	}
	return made, data
}

// awaitReadAhead has a range read ahead until what is asked for is in memory. The kernel may leave out a part of what it
// is told about, so it is told again; each time by a Sending that has not told it yet.
func awaitReadAhead(t *testing.T, data *content.Data, off, length int64, what string, inMemory func() bool) {
	t.Helper()
	eventually(t, what, func() bool {
		if inMemory() {
			return true
		}
		sending := data.Sending()
		defer sending.Pause()
		sending.WillSend(off, length)
		return false
	})
}

func TestSending_WillSend(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 1<<20, 512*kib*pad, 1<<20, 64*kib)
	awaitReadAhead(t, data, 512*kib, 4<<20, "the ranges are in memory", func() bool {
		return cachedShare(t, made.path(0)) >= 0.5 && cachedShare(t, made.path(2)) == 1
	})
	if share := cachedShare(t, made.path(0)); share > 0.75 {
		t.Errorf("%.2f of the first file was read, though only its end is going to be sent", share)
	}
	if content.IsOpen(data, 3) {
		t.Error("a short file was opened ahead")
	}
}

func TestSending_WillSendReadsSomeAtATime(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 16<<20)
	awaitReadAhead(t, data, 0, math.MaxInt64, "4 MiB are in memory", func() bool {
		return cachedShare(t, made.path(0)) >= 0.25
	})
	if share := cachedShare(t, made.path(0)); share > 0.3 {
		t.Errorf("%.2f of the file was read", share)
	}
}

func TestSending_WillSendLooksOnceAtARange(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 4<<20)
	sending := data.Sending()
	defer sending.Pause()
	sending.WillSend(0, 1<<20)
	eventually(t, "the range is in memory", func() bool { return cachedShare(t, made.path(0)) >= 0.25 })
	for _, again := range []struct{ off, length int64 }{{0, 1 << 20}, {512 * kib, 512 * kib}, {16 * kib, 1 << 20}} {
		uncache(t, made.path(0))
		sending.WillSend(again.off, again.length)
		if share := cachedShare(t, made.path(0)); share > 0 {
			t.Errorf("%d bytes at %d: read once more", again.length, again.off)
		}
	}
	sending.WillSend(512*kib, 1<<20) // half of it is new
	eventually(t, "the new half is in memory", func() bool { return cachedShare(t, made.path(0)) >= 0.125 })
	if share := cachedShare(t, made.path(0)); share > 0.2 {
		t.Errorf("%.2f of the file was read, though an eighth was new", share)
	}
}

func TestSending_WillSendLooksSeldomAtWhatIsInMemory(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 4<<20)
	if _, err := data.ReadAt(make([]byte, 4<<20), 0); err != nil {
		t.Fatal(err)
	}
	sending, null := data.Sending(), nowhere(t)
	defer sending.Pause()
	sending.WillSend(0, 512*kib)
	uncache(t, made.path(0))
	sending.WillSend(2<<20, 512*kib)
	if share := cachedShare(t, made.path(0)); share > 0 {
		t.Error("looked again at once")
	}
	send(t, sending, null, 0, 256*kib)
	uncache(t, made.path(0)) // what was sent was read
	sending.WillSend(2<<20, 512*kib)
	eventually(t, "the range is in memory", func() bool { return cachedShare(t, made.path(0)) >= 0.125 })
}

func TestSending_WillSendFindsTheChange(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 1<<20)
	if _, err := data.ReadAt(make([]byte, 1), 0); err != nil { // so that the file is open
		t.Fatal(err)
	}
	if err := os.Remove(made.path(0)); err != nil {
		t.Fatal(err)
	}
	sending := data.Sending()
	sending.WillSend(0, 1<<20)
	if !isClosed(data.Changed()) {
		t.Error("Changed is not closed")
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files still open", open)
	}
	if n, err := sending.Send(nowhere(t), 0, 1); n != 0 || !errors.Is(err, content.ErrChanged) {
		t.Errorf("sent %d bytes, error is %v", n, err)
	}
}

func TestSending_WillSendOfNothing(t *testing.T) {
	t.Parallel()
	made, data := newCold(t, 1<<20)
	sending := data.Sending()
	for _, none := range []struct{ off, length int64 }{
		{0, 0}, {0, -1}, {-10, 10}, {1 << 20, 1}, {math.MaxInt64, math.MaxInt64}, {math.MinInt64, math.MaxInt64},
	} {
		sending.WillSend(none.off, none.length)
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files open", open)
	}
}
