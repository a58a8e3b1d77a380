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

	_ = socket.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := socket.Write(make([]byte, 64<<20)); err == nil {
		t.Fatalf("the kernel took all of %d bytes", n)
	}
	left := 64 << 20
	if !c.takes(&left) || left == 0 {
		t.Fatalf("%d bytes are on their way", left)
	}
	if before := left; c.takes(&left) {
		t.Errorf("%d of %d bytes were taken by nobody", before-left, before)
	}
	if _, err := io.CopyN(io.Discard, peer, 1<<20); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); !c.takes(&left); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what the peer has read is still on its way")
		}
	}
}
