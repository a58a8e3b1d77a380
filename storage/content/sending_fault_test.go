package content_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
)

func TestSending_ChangeEndsSending(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		for _, when := range []string{"BeforeOpening", "WhilePaused", "WhileOpen"} {
			t.Run(name+when, func(t *testing.T) {
				t.Parallel()
				made := newTorrent(t, 64*kib, 3<<20, 100)
				data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
				defer data.Close()
				sending, other, null := data.Sending(), data.Sending(), nowhere(t)
				if when != "BeforeOpening" {
					send(t, sending, null, 0, 50)
					send(t, other, null, 3<<20, 50)
				}
				if when == "WhilePaused" {
					sending.Pause()
				}
				if err := change(made.path(0)); err != nil {
					t.Fatal(err)
				}
				n, err := sending.Send(null, 50, 2<<20)
				if limit := map[bool]int{true: 1 << 20}[when == "WhileOpen"]; n > limit {
					t.Errorf("sent %d bytes of a file that has changed, more than %d", n, limit)
				}
				if !errors.Is(err, content.ErrChanged) || !strings.Contains(err.Error(), made.path(0)) {
					t.Errorf("error is %v; want ErrChanged and the path in it", err)
				}
				assertNothingSent(t, made, data, other, null)
			})
		}
	}
}

// assertNothingSent checks that other, which may have the second file open still, sends nothing of it, now that the
// first was found to have changed, and that no file is kept open.
func assertNothingSent(t *testing.T, made torrent, data *content.Data, other *content.Sending, fd int) {
	t.Helper()
	if !isClosed(data.Changed()) {
		t.Error("Changed is not closed")
	}
	if n, err := other.Send(fd, made.Length()-50, 50); n != 0 || !errors.Is(err, content.ErrChanged) {
		t.Errorf("of the other file sent %d bytes, error is %v", n, err)
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files still open: the space of a removed one is not freed", open)
	}
}

func TestSending_TruncatedBetweenTwoBlocks(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 64*kib, 64*kib)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	defer data.Close()
	near, far := newSockets(t)
	socket, sending := raw(t, near), data.Sending()
	if n, _, err := sendAll(socket, sending.Send, sending.Pause, 0, 16*kib); n != 16*kib || err != nil {
		t.Fatalf("sent %d bytes: %v", n, err)
	}
	if err := os.Truncate(made.path(0), 20*kib); err != nil {
		t.Fatal(err)
	}
	n, _, err := sendAll(socket, sending.Send, sending.Pause, 16*kib, 16*kib)
	if n != 4*kib || !errors.Is(err, content.ErrChanged) || !isClosed(data.Changed()) {
		t.Errorf("sent %d bytes, error is %v", n, err)
	}
	equal(t, receive(t, far, 20*kib), made.bytes[:20*kib])
}

func TestSending_Closed(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	sending, null := data.Sending(), nowhere(t)
	send(t, sending, null, 0, 50)
	data.Close()
	if open := made.openFiles(t); open != 1 {
		t.Errorf("%d files open: the one kept was closed under its user", open)
	}
	n, err := sending.Send(null, 50, 50)
	if n != 0 || !errors.Is(err, fs.ErrClosed) || errors.Is(err, content.ErrChanged) {
		t.Errorf("sent %d bytes, error is %v", n, err)
	}
	if open := made.openFiles(t); open != 0 {
		t.Errorf("%d files still open", open)
	}
	if isClosed(data.Changed()) {
		t.Error("closing is not a change")
	}
}

func TestSending_FaultOfTheSocketIsNoChange(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100, 100*pad)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	defer data.Close()
	near, _ := newSockets(t)
	if err := near.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	socket, sending := raw(t, near), data.Sending()
	for _, off := range []int64{0, 100} {
		n, _, err := sendAll(socket, sending.Send, sending.Pause, off, 50)
		if n != 0 || !errors.Is(err, unix.EPIPE) || errors.Is(err, content.ErrChanged) {
			t.Errorf("sent %d bytes, error is %v", n, err)
		}
	}
	if isClosed(data.Changed()) {
		t.Error("nothing has changed")
	}
	send(t, data.Sending(), nowhere(t), 0, 200)
}

// A file under another program's lease says EAGAIN too when it is opened, and to wait for the socket would be in vain.
func TestSending_LeaseIsNoFullSocket(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 100)
	data := content.Open(made.Layout, made.stamps(t), content.NewPool(8))
	defer data.Close()
	leased, err := os.OpenFile(made.path(0), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = leased.Close() }()
	if _, err := unix.FcntlInt(leased.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skipf("no leases here: %v", err)
	}
	if n, err := data.Sending().Send(nowhere(t), 0, 50); n != 0 || err == nil || errors.Is(err, unix.EAGAIN) {
		t.Errorf("sent %d bytes, error is %v", n, err)
	}
	if isClosed(data.Changed()) {
		t.Error("nothing has changed")
	}
}
