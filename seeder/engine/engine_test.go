package engine_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/storage/content"
)

const (
	pieceLength = 32 << 10
	blockLength = 16 << 10
	size        = 3*pieceLength + 1000
)

// seed is an engine on both families of the loopback.
type seed struct {
	*engine.Engine
	endpoint *wire.Endpoint
	accounts *wire.Accounts
	port     uint16
	changed  chan wire.InfoHash
}

// served breaks the circle between the engine and its endpoint.
type served struct{ *engine.Engine }

func newSeed(t testing.TB) *seed {
	t.Helper()
	s := &seed{accounts: wire.NewAccounts(), changed: make(chan wire.InfoHash, 100)}
	config := engine.Config{
		ClientName: "sixseed/test",
		PEX:        true,
		Log:        slog.New(slog.DiscardHandler),
		Changed:    func(infoHash wire.InfoHash) { s.changed <- infoHash },
	}
	copy(config.PeerID[:], "-6S0000-000000000000")
	var err error
	if s.Engine, err = engine.New(config); err != nil {
		t.Fatal(err)
	}
	s.endpoint = wire.NewEndpoint(served{s.Engine}, s.accounts, family.Classifier{}, wire.Settings{MaxConnections: 50})
	var listeners []*wire.Listener
	for _, f := range family.All {
		listener, err := s.endpoint.Listen(t.Context(), f, s.port)
		if err != nil {
			t.Fatal(err)
		}
		s.port = uint16(listener.Addr().(*net.TCPAddr).Port)
		listeners = append(listeners, listener)
	}
	s.Connect(listeners, []*wire.Dialer{s.endpoint.Dialer(family.V6), s.endpoint.Dialer(family.V4)})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// release is a torrent and its data.
type release struct {
	engine.Torrent
	path string
	data []byte
}

// newRelease makes a file of random data and its torrent. More keys may be put into the info dictionary.
func newRelease(t testing.TB, more map[string]any) release {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	r := release{path: filepath.Join(t.TempDir(), "debian.iso"), data: make([]byte, size)}
	_, _ = random.Read(r.data)
	if err := os.WriteFile(r.path, r.data, 0o600); err != nil {
		t.Fatal(err)
	}
	var pieces []byte
	for piece := range slices.Chunk(r.data, pieceLength) {
		sum := sha1.Sum(piece)
		pieces = append(pieces, sum[:]...)
	}
	info := map[string]any{"name": "debian.iso", "length": size, "piece length": pieceLength, "pieces": pieces}
	for key, value := range more {
		info[key] = value
	}
	layout, err := content.NewLayout([]content.File{{Path: r.path, Length: size}}, pieceLength)
	if err != nil {
		t.Fatal(err)
	}
	stamps, err := layout.Stamps()
	if err != nil {
		t.Fatal(err)
	}
	r.InfoBytes = bencode.MustMarshal(info)
	r.InfoHash = sha1.Sum(r.InfoBytes)
	r.Data = content.Open(layout, stamps, content.NewPool(10))
	return r
}

func (s *seed) add(t *testing.T, r release) {
	t.Helper()
	if err := s.Add(r.Torrent); err != nil {
		t.Fatal(err)
	}
}

// download fetches and compares every block.
func (r release) download(p *peer) {
	p.t.Helper()
	p.send(idInterested)
	p.next(idUnchoke)
	for offset := 0; offset < size; offset += blockLength {
		length := min(blockLength, size-offset)
		got := p.block(uint32(offset/pieceLength), uint32(offset%pieceLength), uint32(length))
		if !bytes.Equal(got, r.data[offset:offset+length]) {
			p.t.Fatalf("the block at %d is not the file's", offset)
		}
	}
}

func TestEngine_SeedsOverBothFamilies(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r)
	if both := s.Families(); both != (family.Pair[bool]{V4: true, V6: true}) {
		t.Errorf("listening on %+v", both)
	}
	for _, f := range family.All {
		r.download(connect(t, f, s.port, r.InfoHash))
		if got := s.accounts.Of(r.InfoHash, f).Traffic().Payload; got != size {
			t.Errorf("%v: %d bytes of payload counted, want %d", f, got, size)
		}
	}
}

func TestEngine_SeedsTheFirstHalfOfAHybrid(t *testing.T) {
	t.Parallel()
	root := sha256.Sum256(nil)
	s := newSeed(t)
	r := newRelease(t, map[string]any{
		"meta version": 2,
		"file tree":    map[string]any{"debian.iso": map[string]any{"": map[string]any{"length": size, "pieces root": root[:]}}},
	})
	s.add(t, r)
	r.download(connect(t, family.V6, s.port, r.InfoHash))
	if err := s.Remove(r.InfoHash); err != nil {
		t.Error(err)
	}
}

func TestEngine_Remove(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r)
	p := connect(t, family.V6, s.port, r.InfoHash)
	r.download(p)
	if err := s.Remove(r.InfoHash); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, p); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
	if s.Serves(r.InfoHash) {
		t.Error("the torrent is still seeded")
	}
	if err := s.Remove(r.InfoHash); err != nil {
		t.Errorf("removing it again: %v", err)
	}
	again := newRelease(t, nil)
	s.add(t, again)
	again.download(connect(t, family.V4, s.port, again.InfoHash))
}

func TestEngine_AddRefuses(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r)
	if err := s.Add(newRelease(t, nil).Torrent); !errors.Is(err, engine.ErrKnown) {
		t.Errorf("a torrent added twice: %v", err)
	}
	broken := newRelease(t, nil)
	broken.InfoBytes = []byte("d4:name")
	broken.InfoHash = sha1.Sum(broken.InfoBytes)
	if err := s.Add(broken.Torrent); err == nil {
		t.Error("a damaged info dictionary was taken")
	}
	if s.Serves(broken.InfoHash) {
		t.Error("a torrent that was refused is seeded")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(newRelease(t, nil).Torrent); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("added to a closed engine: %v", err)
	}
}

func TestEngine_ChangedDataAreNotServed(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r)
	p := connect(t, family.V6, s.port, r.InfoHash)
	r.download(p)
	if err := os.Chtimes(r.path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	p.send(idRequest, words(0, 0, blockLength)...)
	select {
	case infoHash := <-s.changed:
		if infoHash != r.InfoHash {
			t.Errorf("%x has changed, want %x", infoHash, r.InfoHash)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nobody noticed that the file has changed")
	}
	if got := s.accounts.Of(r.InfoHash, family.V6).Traffic().Payload; got != size {
		t.Errorf("%d bytes were sent, want the %d from before the change", got, size)
	}
}

func TestEngine_DialsPeersItIsToldOf(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run("family="+f.String(), func(t *testing.T) {
			t.Parallel()
			s, r := newSeed(t), newRelease(t, nil)
			s.add(t, r)
			host := map[family.Family]string{family.V4: "127.0.0.1:0", family.V6: "[::1]:0"}[f]
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			_ = listener.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second))
			s.AddPeers(r.InfoHash, []netip.AddrPort{netip.MustParseAddrPort(listener.Addr().String())})
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			handshake := make([]byte, wire.HandshakeLength)
			if _, err := io.ReadFull(conn, handshake); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(handshake[28:48], r.InfoHash[:]) {
				t.Errorf("dialled for %x, want %x", handshake[28:48], r.InfoHash)
			}
		})
	}
}
