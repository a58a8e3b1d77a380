package wire

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestConn_TakesIsWhatThePeerReads has the kernel hold more for a peer than it lets us write again for.
func TestConn_TakesIsWhatThePeerReads(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	peer, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	c := new(Conn)
	if err := c.attach(socket); err != nil {
		t.Fatal(err)
	}

	data, written := make([]byte, 64<<20), make(chan error, 1)
	go func() {
		_, err := socket.Write(data)
		written <- err
	}()
	awaitStandstill(t, c)
	_ = socket.SetWriteDeadline(time.Now())
	if err := <-written; err == nil {
		t.Fatalf("the kernel took all of %d bytes", len(data))
	}
	left := len(data)
	if !c.takes(&left) || left == 0 {
		t.Fatalf("%d bytes are on their way", left)
	}
	if before := left; c.takes(&left) {
		t.Errorf("%d of %d bytes were taken by nobody", before-left, before)
	}
	if _, err := io.CopyN(io.Discard, peer, 1<<20); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !c.takes(&left); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what the peer has read is still on its way")
		}
	}
}

// awaitStandstill waits until what is on its way to a peer that reads nothing changes no more. That takes longer than the
// peer's end may put off an acknowledgement.
func awaitStandstill(t *testing.T, c *Conn) {
	t.Helper()
	var left int
	since := time.Now()
	for deadline := since.Add(time.Minute); left == 0 || time.Since(since) < 300*time.Millisecond; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes are on their way, and the socket does not come to rest", left)
		}
		before := left
		if c.takes(&left); left != before {
			since = time.Now()
		}
	}
}
