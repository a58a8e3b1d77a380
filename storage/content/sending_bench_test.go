package content_test

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/storage/content"
)

const (
	benchmarkedSending = 16 << 20
	benchmarkedBlock   = 16 << 10
)

// sendingWays are ways to send from one file in the page cache. With "ahead" WillSend is told 4 MiB before each block.
// To compare, "bare" is sendfile and nothing else, and "look" is that with a look at the file before each block, which
// is what Send does without. A file must be let go with pause.
func sendingWays(b *testing.B) (ways map[string]sender, pause func()) {
	b.Helper()
	made := newTorrent(b, 1<<20, benchmarkedSending)
	data := content.Open(made.Layout, made.stamps(b), content.NewPool(8))
	b.Cleanup(func() { _ = data.Close() })
	file, err := os.Open(made.path(0))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	sending := data.Sending()
	bare := func(fd int, off int64, length int) (sent int, err error) {
		for sent < length && err == nil {
			var n int
			n, err = unix.Sendfile(fd, int(file.Fd()), &off, length-sent)
			sent += max(n, 0)
		}
		return sent, err
	}
	return map[string]sender{
		"bare": bare,
		"look": func(fd int, off int64, length int) (int, error) {
			if err := unix.Fstat(int(file.Fd()), new(unix.Stat_t)); err != nil {
				return 0, err
			}
			return bare(fd, off, length)
		},
		"send": sending.Send,
		"ahead": func(fd int, off int64, length int) (int, error) {
			sending.WillSend(off, 4<<20)
			return sending.Send(fd, off, length)
		},
	}, sending.Pause
}

// BenchmarkSending sends over a TCP connection to somebody who throws everything away. The metric of_bare compares the
// speed with "bare" on the same connection. Both take turns and the shortest time of each counts, since other work on a
// machine comes and goes; so it takes some hundred rounds (-benchtime 500x) to mean something.
func BenchmarkSending(b *testing.B) {
	ways, pause := sendingWays(b)
	defer pause()
	for _, way := range []string{"send", "ahead"} {
		b.Run("way="+way, func(b *testing.B) {
			near, far := newSockets(b)
			discard(b, far)
			socket := raw(b, near)
			b.SetBytes(benchmarkedSending)
			ours, bare := time.Hour, time.Hour
			for b.Loop() {
				ours = min(ours, elapsed(b, func(b *testing.B) { sendBlocks(b, socket, ways[way], pause) }))
				b.StopTimer()
				bare = min(bare, elapsed(b, func(b *testing.B) { sendBlocks(b, socket, ways["bare"], pause) }))
				b.StartTimer()
			}
			b.ReportMetric(float64(bare)/float64(ours), "of_bare")
		})
	}
}

// BenchmarkSending_Block sends a block to where it costs nothing, so that what remains is the way there.
func BenchmarkSending_Block(b *testing.B) {
	ways, pause := sendingWays(b)
	defer pause()
	null := nowhere(b)
	for _, way := range []string{"bare", "look", "send", "ahead"} {
		b.Run("way="+way, func(b *testing.B) {
			b.ReportAllocs()
			for off := int64(0); b.Loop(); off = (off + benchmarkedBlock) % benchmarkedSending {
				if _, err := ways[way](null, off, benchmarkedBlock); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// sendBlocks sends everything once, a block at a time.
func sendBlocks(b *testing.B, socket syscall.RawConn, send sender, pause func()) {
	b.Helper()
	for off := int64(0); off < benchmarkedSending; off += benchmarkedBlock {
		if n, _, err := sendAll(socket, send, pause, off, benchmarkedBlock); n != benchmarkedBlock || err != nil {
			b.Fatalf("sent %d bytes at %d: %v", n, off, err)
		}
	}
}

// discard throws away what arrives, without looking at it, until the end of the benchmark.
func discard(b *testing.B, far *net.TCPConn) {
	b.Helper()
	socket, ended := raw(b, far), make(chan struct{})
	b.Cleanup(func() {
		_ = far.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		room := make([]byte, 1<<20) // says how much; with MSG_TRUNC nothing is written to it
		for n, err := 1, error(nil); n > 0 && err == nil; {
			failed := socket.Read(func(fd uintptr) bool {
				n, _, err = unix.Recvfrom(int(fd), room, unix.MSG_TRUNC)
				return !errors.Is(err, unix.EAGAIN)
			})
			err = errors.Join(err, failed)
		}
	}()
}
