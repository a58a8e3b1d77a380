package wire_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sixseed/seeder/wire"
	"sixseed/seeder/wire/extension"
	"sixseed/seeder/wire/message"
)

// script is the socket of a peer that says what it is given, in portions, and then hangs up.
type script struct {
	portions [][]byte
	room     atomic.Int64 // bytes that it takes before it hangs up, or stalls
	stalls   bool
	closed   chan struct{}
	once     sync.Once
}

// newScript cuts what a peer says in portions.
func newScript(said []byte, random *rand.Rand) *script {
	s := &script{closed: make(chan struct{})}
	for len(said) > 0 {
		n := 1 + random.IntN(len(said))
		s.portions = append(s.portions, said[:n])
		said = said[n:]
	}
	return s
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.portions) == 0 {
		return 0, io.EOF
	}
	n := copy(b, s.portions[0])
	if s.portions[0] = s.portions[0][n:]; len(s.portions[0]) == 0 {
		s.portions = s.portions[1:]
	}
	return n, nil
}

func (s *script) Write(b []byte) (int, error) {
	if s.room.Add(-int64(len(b))) >= 0 {
		return len(b), nil
	}
	if s.stalls {
		<-s.closed
	}
	return 0, errors.New("the peer has gone")
}

func (s *script) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv6loopback, Port: 1} }
func (s *script) RemoteAddr() net.Addr             { return s.LocalAddr() }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// FuzzPeer has a peer say anything after its handshake. The client may hear only what it understands.
func FuzzPeer(f *testing.F) {
	addSaid(f)
	e := newEndpoint(f, wire.Settings{})
	f.Fuzz(func(t *testing.T, said []byte, seed uint64, unchoked, stalls bool) {
		random := rand.New(rand.NewPCG(seed, 0))
		peer := newScript(append(handshake(ours), said...), random)
		peer.room.Store(1 << 20)
		peer.stalls = stalls
		conn, err := wire.NewIncoming(e.Endpoint, peer, netip.MustParseAddrPort("192.0.2.1:6881"))
		if err != nil {
			t.Fatal(err)
		}
		if err := listenTo(conn, unchoked, random); err != nil {
			t.Error(err)
		}
		_ = conn.Close()
		e.Wait()
		if unsent := conn.Unsent(); unsent > 2*wire.MaxControl {
			t.Errorf("%d bytes of answers are kept", unsent)
		}
		if _, idle := e.served.IdleSince(); !idle || len(e.Peers()) > 0 {
			t.Errorf("%d peers left, idle %v", len(e.Peers()), idle)
		}
	})
}

// addSaid adds what real clients said, and a message of every kind.
func addSaid(f *testing.F) {
	f.Helper()
	captures, err := filepath.Glob("message/testdata/*.stream")
	if err != nil {
		f.Fatal(err)
	}
	for i, path := range captures {
		stream, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(stream[message.HandshakeLength:], uint64(i), i%2 == 0, i%3 == 0)
	}
	bodies := map[message.ID]int{
		message.Have: 4, message.Bitfield: 3, message.Request: 12, message.Piece: 9, message.Cancel: 12, message.Port: 2,
		message.SuggestPiece: 4, message.RejectRequest: 12, message.AllowedFast: 4, message.HashRequest: 48,
	}
	for id := range message.HashReject + 2 {
		said := message.Append(requests(blocks(4)...), message.Interested)
		f.Add(message.Append(said, id, make([]byte, bodies[id])...), uint64(id), id%2 == 0, id%3 == 0)
	}
	for _, body := range []string{theirs, metadataRequest(1), "d5:added12:\x7f\x00\x00\x01\x1a\xe1\x00\x00\x00\x00\x00\x00e"} {
		for id := range byte(4) {
			f.Add(extended(id, body), uint64(id), false, false)
		}
	}
}

// listenTo is the client of a connection until its end. It returns what the client should not have heard.
func listenTo(conn *wire.Conn, unchoked bool, random *rand.Rand) error {
	if _, err := read(conn, message.HandshakeLength); err != nil {
		return err
	}
	if _, err := conn.Write(append(handshake(ours), firstWords()...)); err != nil {
		return err
	}
	if unchoked {
		conn.Unchoke()
	}
	var frames message.Frames
	b := make([]byte, 1+random.IntN(4096))
	for {
		n, err := conn.Read(b)
		if err != nil {
			return nil //nolint:nilerr // every connection ends
		}
		if err := frames.Feed(b[:n], anyLength, understood); err != nil {
			return err
		}
	}
}

// understood returns an error for a message that the client must not get.
func understood(frame message.Frame) error {
	body := frame.Body()
	switch {
	case frame.KeepAlive():
	case frame.ID() == message.Interested || frame.ID() == message.NotInterested:
		return nil
	case frame.ID() == message.Extended && len(body) > 1 && rebuilt(body[0], body[1:]):
		return nil
	}
	return fmt.Errorf("the client hears %s", describe(frame))
}

// rebuilt tells whether an extension message is in the words of the package that let it through.
func rebuilt(id byte, body []byte) bool {
	switch id {
	case 0:
		h, err := extension.ParseHandshake(body)
		return err == nil && string(h.Append(nil)) == string(body)
	case extension.MetadataID:
		piece, ok, err := extension.ParseMetadataRequest(body)
		return ok && err == nil && string(extension.AppendMetadataRequest(nil, piece)) == string(body) && piece < 2
	case extension.PEXID:
		clean, err := extension.CleanPEX(body)
		return err == nil && string(clean) == string(body)
	default:
		return false
	}
}
