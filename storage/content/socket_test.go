package content_test

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
)

// newSockets returns the two ends of a TCP connection over loopback.
func newSockets(tb testing.TB) (near, far *net.TCPConn) {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	dialed, err := new(net.Dialer).DialContext(tb.Context(), "tcp", listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = dialed.Close() })
	accepted, err := listener.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = accepted.Close() })
	return dialed.(*net.TCPConn), accepted.(*net.TCPConn)
}

// sender is the function of a Sending, or one to compare it with, that sends to a socket which may be full.
type sender func(fd int, off int64, length int) (int, error)

// sendAll calls send until all has gone or something else is wrong than that the socket is full. Before it waits for
// that it calls pause.
func sendAll(socket syscall.RawConn, send sender, pause func(), off int64, length int) (sent, waits int, err error) {
	failed := socket.Write(func(fd uintptr) bool {
		var n int
		n, err = send(int(fd), off+int64(sent), length-sent)
		sent += max(n, 0)
		if err == unix.EAGAIN { //nolint:errorlint // it must come as it is
			pause()
			waits++
			return false
		}
		return true
	})
	return sent, waits, errors.Join(err, failed)
}

// raw returns the descriptor of a connection.
func raw(tb testing.TB, conn syscall.Conn) syscall.RawConn {
	tb.Helper()
	socket, err := conn.SyscallConn()
	if err != nil {
		tb.Fatal(err)
	}
	return socket
}

// nowhere returns a descriptor that takes everything at once and is never full.
func nowhere(tb testing.TB) int {
	tb.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = null.Close() })
	return int(null.Fd())
}

// receive reads length bytes that somebody sends at the same time.
func receive(tb testing.TB, far io.Reader, length int) []byte {
	tb.Helper()
	got := make([]byte, length)
	if n, err := io.ReadFull(far, got); err != nil {
		tb.Errorf("received %d of %d bytes: %v", n, length, err)
	}
	return got
}

// send sends from data to a socket that has room for it.
func send(tb testing.TB, sending *content.Sending, fd int, off int64, length int) {
	tb.Helper()
	if n, err := sending.Send(fd, off, length); n != length || err != nil {
		tb.Fatalf("sent %d of %d bytes at %d: %v", n, length, off, err)
	}
}

// eventually waits until condition holds.
func eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("waited in vain until %s", what)
		}
	}
}
