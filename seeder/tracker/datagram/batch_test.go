package datagram_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/datagram"
)

const room = 100

// collect receives until there are n datagrams, and returns them.
func collect(t *testing.T, batch *datagram.Batch, n int) (texts []string) {
	t.Helper()
	for len(texts) < n {
		for i := range receive(t, batch) {
			texts = append(texts, text(batch, i))
		}
	}
	return texts
}

func TestBatch_AnswersInPlace(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			server, client := listen(t, loopback.Get(f), 1)[0], listen(t, loopback.Get(f), 1)[0]
			batch := server.NewBatch(4, room)
			for round := range 3 { // the second finds the batch used
				for i := range 4 {
					write(t, client, fmt.Sprintf("question %d of %d", i, round), server.Addr())
				}
				for done := 0; done < 4; {
					for i := range receive(t, batch) {
						if got := batch.From(i); got != client.Addr() {
							t.Errorf("datagram from %v, want %v", got, client.Addr())
						}
						packet, length := batch.Buffer(i)
						if done%2 == 1 { // the others get no answer
							batch.Answer(i, copy(packet[length:], " answered")+length)
						}
						done++
					}
					send(t, batch)
				}
				want := []string{
					fmt.Sprintf("question 1 of %d answered", round), fmt.Sprintf("question 3 of %d answered", round),
				}
				if diff := cmp.Diff(want, collect(t, client.NewBatch(4, room), 2)); diff != "" {
					t.Errorf("answers (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// fill has a batch receive n datagrams at once, which are called 0, 1 and so on. When datagrams arrive is up to the
// kernel, and so they are sent until it happens.
func fill(t *testing.T, batch *datagram.Batch, n int, client *datagram.Socket, server netip.AddrPort) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		for i := range n {
			write(t, client, strconv.Itoa(i), server)
		}
		got := receive(t, batch)
		if got == n {
			return
		}
		for got < n {
			got += receive(t, batch)
		}
	}
	t.Fatalf("%d datagrams were never taken at once", n)
}

func TestBatch_TakesManyAtOnce(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		server, client := listen(t, loopback.Get(f), 1)[0], listen(t, loopback.Get(f), 1)[0]
		batch := server.NewBatch(3, room)
		fill(t, batch, 3, client, server.Addr())
		for i := range 3 {
			if got := text(batch, i); got != strconv.Itoa(i) || batch.From(i) != client.Addr() {
				t.Errorf("datagram %d is %q from %v", i, got, batch.From(i))
			}
		}
	}
}

func TestBatch_Lengths(t *testing.T) {
	t.Parallel()
	server, client := listen(t, loopback.V4, 1)[0], listen(t, loopback.V4, 1)[0]
	batch := server.NewBatch(1, room)
	for _, length := range []int{0, 1, room, room + 1, 5 * room, room} {
		write(t, client, strings.Repeat("x", length), server.Addr())
		receive(t, batch)
		if packet, got := batch.Buffer(0); got != min(length, room+1) || len(packet) != room {
			t.Errorf("%d bytes arrived as %d, in %d bytes of room", length, got, len(packet))
		}
	}
}

// An answer that the kernel does not send keeps none of the others back.
func TestBatch_Unsent(t *testing.T) {
	t.Parallel()
	const tooMuch = 1 << 16 // for UDP
	server, client := listen(t, loopback.V6, 1)[0], listen(t, loopback.V6, 1)[0]
	batch := server.NewBatch(3, tooMuch)
	fill(t, batch, 3, client, server.Addr())
	for i, length := range []int{1, tooMuch, 1} {
		batch.Answer(i, length)
	}
	if unsent, err := batch.Send(); unsent != 1 || err != nil {
		t.Errorf("%d were not sent, %v", unsent, err)
	}
	if diff := cmp.Diff([]string{"0", "2"}, collect(t, client.NewBatch(3, room), 2)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestBatch_ReceiveEnds(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		socket := listen(t, loopback.Get(f), 1)[0]
		batch := socket.NewBatch(1, room)
		if err := socket.SetPatience(time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if _, err := batch.Receive(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("when patience is at its end: %v", err)
		}
		if err := socket.SetPatience(0); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			_, err := batch.Receive()
			ended <- err
		}()
		if err := socket.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("when closed: %v", err)
		}
		if _, err := batch.Receive(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after it was closed: %v", err)
		}
		if err := socket.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing it again: %v", err)
		}
	}
}

func TestBatch_AllocatesNothing(t *testing.T) {
	for _, f := range family.All {
		server, client := listen(t, loopback.Get(f), 1)[0], listen(t, loopback.Get(f), 1)[0]
		asked, answered := server.NewBatch(2, room), client.NewBatch(2, room)
		write(t, client, "ball", server.Addr())
		allocations := testing.AllocsPerRun(100, func() {
			for _, batch := range []*datagram.Batch{asked, answered} {
				n := receive(t, batch)
				for i := range n {
					_, length := batch.Buffer(i)
					_ = batch.From(i)
					batch.Answer(i, length)
				}
				send(t, batch)
			}
		})
		if allocations > 0 {
			t.Errorf("a question and its answer over %v allocate %v times", f, allocations)
		}
	}
}
