package wire

import (
	"bytes"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"sixseed/seeder/wire/message"
)

func TestPipes(t *testing.T) {
	t.Parallel()
	t.Run("UsedAgainWhenEmpty", func(t *testing.T) {
		t.Parallel()
		var all pipes
		p := all.take()
		all.give(p)
		if again := all.take(); again != p {
			t.Error("another pipe")
		}
		all.give(p)
		out, err := unix.Dup(p.out)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unix.Close(out) }()
		all.close()
		if n, err := unix.Read(out, make([]byte, 1)); n != 0 || err != nil || all.made != 0 {
			t.Errorf("%d pipes left; who reads from one gets %d bytes, %v, not the end", all.made, n, err)
		}
	})
	t.Run("NotUsedAgainWhenNotEmpty", func(t *testing.T) {
		t.Parallel()
		var all pipes
		p := all.take()
		if n, err := p.write([]byte("rest of a block")); n != 15 || err != nil {
			t.Fatalf("wrote %d bytes, %v", n, err)
		}
		all.give(p)
		if all.made != 0 || len(all.idle) != 0 {
			t.Errorf("%d pipes made, %d idle", all.made, len(all.idle))
		}
	})
	t.Run("NoMoreThanThereMayBe", func(t *testing.T) {
		t.Parallel()
		var all pipes
		var taken []*pipe
		for p := all.take(); p != nil; p = all.take() {
			taken = append(taken, p)
		}
		if len(taken) != maxPipes {
			t.Errorf("%d pipes taken, want %d", len(taken), maxPipes)
		}
		for _, p := range taken {
			all.give(p)
		}
		all.give(nil)
		if all.made != keptPipes || len(all.idle) != keptPipes {
			t.Errorf("%d pipes kept, want %d", all.made, keptPipes)
		}
		all.close()
		if all.made != 0 {
			t.Errorf("%d pipes left open", all.made)
		}
	})
}

// TestPipe fills a pipe, and moves what it holds to a socket that takes no more before the end.
func TestPipe(t *testing.T) {
	t.Parallel()
	var all pipes
	p := all.take()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var sent, got []byte
	portion := make([]byte, 1000)
	for full := false; !full; {
		for i := range portion {
			portion[i] = byte(len(sent) + i)
		}
		n, err := p.write(portion)
		sent = append(sent, portion[:n]...)
		full = errors.Is(err, unix.EAGAIN)
		if err != nil && !full {
			t.Fatal(err)
		}
	}
	if p.held != len(sent) {
		t.Fatalf("the pipe holds %d bytes of %d", p.held, len(sent))
	}
	fill(t, ends[0])
	for waits := 0; ; waits++ {
		moved, err := p.drain(ends[0])
		got = append(got, empty(t, ends[1])...)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EAGAIN) || waits > len(sent) {
			t.Fatalf("moved %d bytes, %v", moved, err)
		}
	}
	if p.held != 0 || !bytes.HasSuffix(got, sent) {
		t.Errorf("%d bytes arrived, %d are held, of %d", len(got), p.held, len(sent))
	}
	_ = unix.Close(ends[1])
	if _, err := p.write(portion); err != nil {
		t.Fatal(err)
	}
	if _, err := p.drain(ends[0]); !errors.Is(err, unix.EPIPE) {
		t.Errorf("moving to a socket that is closed: %v", err)
	}
	_ = unix.Close(ends[0])
	all.give(p)
}

// fill writes to a socket until it takes no more.
func fill(t *testing.T, socket int) {
	t.Helper()
	for {
		if _, err := unix.Write(socket, make([]byte, 1<<10)); errors.Is(err, unix.EAGAIN) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// empty reads what there is from a socket.
func empty(t *testing.T, socket int) (got []byte) {
	t.Helper()
	b := make([]byte, 1<<16)
	for {
		n, err := unix.Read(socket, b)
		if errors.Is(err, unix.EAGAIN) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b[:n]...)
	}
}

func TestBundle_Split(t *testing.T) {
	t.Parallel()
	const header = message.PieceHeaderLength
	b := bundle{blocks: []message.Block{{Length: 100}, {Length: 1}, {Length: 50}}}
	for bytes, want := range map[int]Traffic{
		0:                      {},
		header - 1:             {Overhead: header - 1},
		header:                 {Overhead: header},
		header + 99:            {Overhead: header, Payload: 99},
		header + 100:           {Overhead: header, Payload: 100},
		header + 100 + 5:       {Overhead: header + 5, Payload: 100},
		2*header + 101:         {Overhead: 2 * header, Payload: 101},
		3*header + 100 + 1 + 7: {Overhead: 3 * header, Payload: 108},
		3*header + 151:         {Overhead: 3 * header, Payload: 151},
	} {
		if got := b.split(bytes); got != want {
			t.Errorf("the first %d bytes are %+v, want %+v", bytes, got, want)
		}
	}
}
