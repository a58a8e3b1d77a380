package seeding_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
	"sixseed/storage/metafile"
)

// seedBare does nothing but what sending blocks takes: it unchokes everybody at once, and answers each request with a
// header and sendfile, without a look at what else is said.
func seedBare(ctx context.Context, port, path, dir string) error {
	return seedBarely(ctx, false, port, path, dir)
}

// seedCorked does the same with a cork in the socket for as long as there are requests. Nothing that is a seeder can be
// faster by much.
func seedCorked(ctx context.Context, port, path, dir string) error {
	return seedBarely(ctx, true, port, path, dir)
}

func seedBarely(ctx context.Context, cork bool, port, path, dir string) error {
	torrent, err := metafile.Load(path)
	if err != nil {
		return err
	}
	file, err := os.Open(filepath.Join(dir, torrent.Name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	b := &bare{file: int(file.Fd()), pieceLength: torrent.PieceLength, cork: cork}
	var listeners errgroup.Group
	for _, f := range family.All {
		listeners.Go(func() error { return b.listen(ctx, f, port) })
	}
	return listeners.Wait()
}

type bare struct {
	file        int // descriptor
	pieceLength int64
	cork        bool
}

func (s *bare) listen(ctx context.Context, f family.Family, port string) error {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	network := map[family.Family]string{family.V4: "tcp4", family.V6: "tcp6"}[f]
	listener, err := config.Listen(ctx, network, net.JoinHostPort("", port))
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = conn.Close() }()
			_ = s.serve(conn.(*net.TCPConn)) // ends with an error, when the peer goes
		}()
	}
}

// serve answers a peer's handshake, and then its requests until it hangs up.
func (s *bare) serve(conn *net.TCPConn) error {
	hello := make([]byte, message.HandshakeLength)
	if _, err := io.ReadFull(conn, hello); err != nil {
		return err
	}
	hello = message.Append(message.Append(hello, message.HaveAll), message.Unchoke) // its own handshake is as good as any
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var frames message.Frames
	var queue []message.Block
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return err
		}
		queue = queue[:0]
		if err := frames.Feed(buffer[:n], anyLength, func(frame message.Frame) error {
			if frame.KeepAlive() || frame.ID() != message.Request {
				return nil
			}
			block, err := message.ParseBlock(frame.Body())
			queue = append(queue, block)
			return err
		}); err != nil {
			return err
		}
		if err := s.send(raw, queue); err != nil {
			return err
		}
	}
}

func anyLength(message.ID) int { return 1 << 20 }

// send sends blocks. The cork has them fill segments; without it each ends with one that is not full.
func (s *bare) send(raw syscall.RawConn, queue []message.Block) error {
	var block sending
	var err error
	failed := raw.Write(func(fd uintptr) bool {
		socket := int(fd)
		s.setCork(socket, 1)
		for err == nil && (block.left() || len(queue) > 0) {
			if !block.left() {
				block.begin(queue[0], s.pieceLength)
				queue = queue[1:]
			}
			err = block.send(socket, s.file)
		}
		if errors.Is(err, unix.EAGAIN) {
			err = nil
			return false
		}
		s.setCork(socket, 0)
		return true
	})
	return errors.Join(failed, err)
}

func (s *bare) setCork(socket, on int) {
	if s.cork {
		_ = unix.SetsockoptInt(socket, unix.IPPROTO_TCP, unix.TCP_CORK, on)
	}
}

// sending is a block on its way.
type sending struct {
	room   [message.PieceHeaderLength]byte
	header []byte // what is left of it
	offset int64  // in the file, of what is left
	length int    // of what is left
}

func (b *sending) begin(block message.Block, pieceLength int64) {
	b.header = message.AppendPieceHeader(b.room[:0], block)
	b.offset = int64(block.Piece)*pieceLength + int64(block.Begin)
	b.length = int(block.Length)
}

func (b *sending) left() bool { return len(b.header) > 0 || b.length > 0 }

// send sends what the socket takes.
func (b *sending) send(socket, file int) error {
	if len(b.header) > 0 {
		n, err := unix.SendmsgN(socket, b.header, nil, nil, unix.MSG_NOSIGNAL|unix.MSG_MORE)
		if err != nil {
			return err
		}
		if b.header = b.header[n:]; len(b.header) > 0 {
			return nil
		}
	}
	n, err := unix.Sendfile(socket, file, &b.offset, b.length)
	b.length -= max(n, 0)
	return err
}
