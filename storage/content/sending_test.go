package content_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"sixseed/storage/content"
)

func TestSending_Send(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 10, 0, 6*pad, 30, 2*pad)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	defer data.Close()
	near, far := newSockets(t)
	socket, sending := raw(t, near), data.Sending()
	for off := range made.Length() + 1 {
		for length := range made.Length() - off + 1 {
			n, _, err := sendAll(socket, sending.Send, sending.Pause, off, int(length))
			if n != int(length) || err != nil {
				t.Fatalf("sent %d of %d bytes at %d: %v", n, length, off, err)
			}
			equal(t, receive(t, far, n), made.bytes[off:off+length])
		}
	}
	sending.Pause()
	if isClosed(data.Changed()) {
		t.Error("nothing has changed")
	}
}

func TestSending_RefusesWhatIsNotInTheTorrent(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	defer data.Close()
	sending, null := data.Sending(), nowhere(t)
	for _, test := range []struct {
		off    int64
		length int
	}{{-1, 1}, {0, 101}, {100, 1}, {1 << 62, 1}, {50, -1}, {50, math.MaxInt}} {
		if n, err := sending.Send(null, test.off, test.length); n != 0 || err == nil {
			t.Errorf("%d bytes at %d: sent %d, error is %v", test.length, test.off, n, err)
		}
	}
	send(t, sending, null, 0, 100) // and goes on with what is in it
	sending.Pause()
}

// The socket takes a little at a time, and so every way to stop in the middle of something occurs.
func TestSending_SlowSocket(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 64*kib, 700*kib, 300*kib*pad, 1, 900*kib, 50*pad, 40*kib)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	defer data.Close()
	near, far := newSockets(t)
	if err := errors.Join(near.SetWriteBuffer(16*kib), far.SetReadBuffer(16*kib)); err != nil {
		t.Fatal(err)
	}
	socket, sending := raw(t, near), data.Sending()
	var group sync.WaitGroup
	group.Go(func() {
		n, waits, err := sendAll(socket, sending.Send, sending.Pause, 0, len(made.bytes))
		if n != len(made.bytes) || waits < 2 || err != nil {
			t.Errorf("sent %d of %d bytes with %d waits: %v", n, len(made.bytes), waits, err)
		}
		sending.Pause()
	})
	equal(t, receive(t, far, len(made.bytes)), made.bytes)
	group.Wait()
}

func TestSending_ManyAtOnce(t *testing.T) {
	t.Parallel()
	const limit, senders, ranges = 3, 8, 60
	pool := content.NewPool(limit)
	made := newTorrent(t, 16*kib, 100*kib, 20*kib, 3*kib*pad, 40*kib, 500*kib, 60*kib, 7*kib, 80*kib)
	open := [2]*content.Data{} // one pool for two torrents
	for i := range open {
		open[i] = content.Open(made.Layout, made.stamps(t), pool)
	}
	var group sync.WaitGroup
	for i := range senders {
		near, far := newSockets(t)
		socket, sending := raw(t, near), open[i%2].Sending()
		random := rand.New(rand.NewPCG(1, uint64(i)))
		sent := make(chan []byte, ranges)
		group.Go(func() {
			defer close(sent)
			defer sending.Pause()
			for range ranges {
				off := random.Int64N(made.Length())
				length := random.IntN(int(made.Length() - off))
				sending.WillSend(off, int64(length))
				if _, _, err := sendAll(socket, sending.Send, sending.Pause, off, length); err != nil {
					t.Errorf("%d bytes at %d: %v", length, off, err)
					return
				}
				sent <- made.bytes[off:][:length]
				sending.Pause() // to wait for the channel
			}
		})
		group.Go(func() {
			for want := range sent {
				equal(t, receive(t, far, len(want)), want)
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

func TestSending_Pause(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	pool, null := content.NewPool(1), nowhere(t)
	var sendings [2]*content.Sending
	for i := range sendings {
		data := content.Open(made.Layout, made.stamps(t), pool)
		defer data.Close()
		sendings[i] = data.Sending()
	}
	for range 3 {
		for _, sending := range sendings {
			send(t, sending, null, 0, 50)
			sending.Pause()
			sending.Pause() // once more changes nothing
		}
	}
}

// One who never has to wait, and so never pauses, leaves the only place in the pool to others all the same.
func TestSending_TakesTurns(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	made := newTorrent(t, 64*kib, size)
	pool, null := content.NewPool(1), nowhere(t)
	busy := content.Open(made.Layout, made.stamps(t), pool)
	defer busy.Close()
	other := content.Open(made.Layout, made.stamps(t), pool)
	defer other.Close()
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			sending := busy.Sending()
			defer sending.Pause()
			for off := int64(0); !isClosed(done); off = (off + 16*kib) % size {
				if _, err := sending.Send(null, off, 16*kib); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Go(func() {
		defer close(done)
		sending := other.Sending()
		defer sending.Pause()
		if n, err := sending.Send(null, 0, size); n != size || err != nil {
			t.Errorf("sent %d bytes: %v", n, err)
		}
	})
	group.Wait()
}

func TestSending_AllocatesNothing(t *testing.T) {
	made := newTorrent(t, 64*kib, 64*kib, 64*kib*pad)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
	defer data.Close()
	sending, null := data.Sending(), nowhere(t)
	defer sending.Pause()
	for name, off := range map[string]int64{"File": 0, "Boundary": 56 * kib, "Padding": 64 * kib} {
		if count := testing.AllocsPerRun(200, func() { send(t, sending, null, off, 16*kib) }); count != 0 {
			t.Errorf("%s: %v allocations a block", name, count)
		}
	}
	ahead := func() { sending.WillSend(0, 32*kib); send(t, sending, null, 0, 32*kib) }
	if count := testing.AllocsPerRun(200, ahead); count != 0 {
		t.Errorf("WillSend: %v allocations a block", count)
	}
}
