package datagram_test

import (
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/datagram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// loopback has a free port per family.
var loopback = family.Pair[netip.AddrPort]{
	V4: netip.MustParseAddrPort("127.0.0.1:0"), V6: netip.MustParseAddrPort("[::1]:0"),
}

// listen opens sockets until the test ends.
func listen(t *testing.T, addr netip.AddrPort, n int) []*datagram.Socket {
	t.Helper()
	sockets, err := datagram.Listen(t.Context(), addr, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, socket := range sockets {
		if err := socket.SetPatience(patience); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = socket.Close() })
	}
	return sockets
}

// write sends one datagram.
func write(t *testing.T, from *datagram.Socket, packet string, to netip.AddrPort) {
	t.Helper()
	if err := from.WriteTo([]byte(packet), to); err != nil {
		t.Fatal(err)
	}
}

// receive waits for datagrams and returns how many came.
func receive(t *testing.T, batch *datagram.Batch) int {
	t.Helper()
	n, err := batch.Receive()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// send sends the batch's answers.
func send(t *testing.T, batch *datagram.Batch) {
	t.Helper()
	if unsent, err := batch.Send(); unsent > 0 || err != nil {
		t.Fatalf("%d answers were not sent, %v", unsent, err)
	}
}

// text is datagram i of a batch.
func text(batch *datagram.Batch, i int) string {
	packet, length := batch.Buffer(i)
	return string(packet[:length])
}
