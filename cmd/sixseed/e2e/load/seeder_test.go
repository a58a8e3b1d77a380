package load_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
)

// swarm is a torrent, and whoever seeds it in a test.
type swarm struct {
	load.Torrent
	data []byte
}

// newSwarm makes a torrent whose last piece and block are short.
func newSwarm() swarm {
	const pieceLength = 4 * load.BlockLength
	data := make([]byte, 5*pieceLength+load.BlockLength+1234)
	rand.NewChaCha8([32]byte{}).Read(data) //nolint:errcheck // never fails
	return swarm{
		Torrent: load.Torrent{
			InfoHash: [20]byte{1, 2, 3}, PieceLength: pieceLength, Length: int64(len(data)), Data: bytes.NewReader(data),
		},
		data: data,
	}
}

// visit is a peer's connection as the seeder has it, in plain text, after the handshake.
type visit struct {
	swarm
	io.Reader
	io.Writer
	from netip.Addr
}

// seed starts a seeder that calls serve for every peer, and lets it go when serve returns. It ends with the test, when all
// peers are gone.
func (s swarm) seed(t *testing.T, f family.Family, serve func(*visit) error) netip.AddrPort {
	t.Helper()
	listener := listen(t, f)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer func() { _ = conn.Close() }()
				if v, err := s.receive(conn); err == nil {
					_ = serve(v) // ends with an error when the peer goes
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return addressOf(listener)
}

// listen listens on the loopback address of a family.
func listen(t *testing.T, f family.Family) net.Listener {
	t.Helper()
	host := map[family.Family]string{family.V4: "127.0.0.1", family.V6: "::1"}[f]
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func addressOf(listener net.Listener) netip.AddrPort {
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// receive answers a peer's handshake, encrypted or not.
func (s swarm) receive(conn net.Conn) (*visit, error) {
	v := &visit{swarm: s, Reader: conn, Writer: conn, from: conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()}
	head := make([]byte, 20)
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	if string(head) == "\x13BitTorrent protocol" {
		v.Reader = io.MultiReader(bytes.NewReader(head), conn)
	} else {
		find := func(key mse.Key) ([20]byte, bool) { return s.InfoHash, key == mse.KeyOf(s.InfoHash) }
		choose := func(offered mse.Method) mse.Method { return offered }
		stream, _, err := mse.Receive(conn, head, find, choose)
		if err != nil {
			return nil, err
		}
		v.Reader = io.MultiReader(bytes.NewReader(stream.Head), cipher.StreamReader{S: stream.In, R: conn})
		v.Writer = cipher.StreamWriter{S: stream.Out, W: conn}
	}
	hello := make([]byte, message.HandshakeLength)
	if _, err := io.ReadFull(v.Reader, hello); err != nil {
		return nil, err
	}
	_, err := v.Write(hello) // with the same extensions and, though it is no seeder's, the same peer id
	return v, err
}

// next returns the peer's next message.
func (v *visit) next() (message.ID, []byte, error) {
	var length uint32
	if err := binary.Read(v, binary.BigEndian, &length); err != nil {
		return 0, nil, err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(v, body); err != nil || length == 0 {
		return 0, nil, err
	}
	return message.ID(body[0]), body[1:], nil
}

// await returns the body of the peer's next message with this id.
func (v *visit) await(id message.ID) ([]byte, error) {
	for {
		got, body, err := v.next()
		if err != nil || got == id {
			return body, err
		}
	}
}

// requests returns the peer's next requests.
func (v *visit) requests(count int) ([]message.Block, error) {
	var blocks []message.Block
	for range count {
		body, err := v.await(message.Request)
		if err != nil {
			return nil, err
		}
		block, err := message.ParseBlock(body)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	return blocks, nil
}

// say sends a message.
func (v *visit) say(id message.ID, body ...byte) error {
	_, err := v.Write(message.Append(nil, id, body...))
	return err
}

// answer sends blocks.
func (v *visit) answer(blocks ...message.Block) error {
	for _, block := range blocks {
		offset := int64(block.Piece)*v.PieceLength + int64(block.Begin)
		piece := message.AppendPieceHeader(nil, block)
		if _, err := v.Write(append(piece, v.data[offset:][:block.Length]...)); err != nil {
			return err
		}
	}
	return nil
}

// unchoke waits for the peer's interest, and unchokes it.
func (v *visit) unchoke() error {
	if _, err := v.await(message.Interested); err != nil {
		return err
	}
	return v.say(message.Unchoke)
}

// seedWell unchokes a peer and answers all of its requests.
func seedWell(v *visit) error {
	if err := v.unchoke(); err != nil {
		return err
	}
	for {
		blocks, err := v.requests(1)
		if err != nil {
			return err
		}
		if err := v.answer(blocks...); err != nil {
			return err
		}
	}
}
