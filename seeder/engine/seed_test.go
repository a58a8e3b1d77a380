package engine_test

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/mse"
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
	ports    family.Pair[uint16]
	changed  chan wire.InfoHash
}

func newSeed(t testing.TB) *seed {
	t.Helper()
	return newSeedOf(t, func(*engine.Config) {})
}

// newSeedOf returns an engine whose configuration was changed.
func newSeedOf(t testing.TB, change func(*engine.Config)) *seed {
	t.Helper()
	s := newUnconnected(t, change)
	s.Connect(s.listen(t), []*wire.Dialer{s.endpoint.Dialer(family.V6), s.endpoint.Dialer(family.V4)})
	s.unchokeAll(t)
	return s
}

// listen opens the engine's ports. What connects to them waits until the engine is given the listeners.
func (s *seed) listen(t testing.TB) (listeners []*wire.Listener) {
	t.Helper()
	s.endpoint = wire.NewEndpoint(wire.Config{
		Torrents: s.Engine, Accounts: s.accounts, Settings: wire.Settings{MaxConnections: 200},
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	for _, f := range family.All {
		listener, err := s.endpoint.Listen(t.Context(), f, 0)
		if err != nil {
			t.Fatal(err)
		}
		*s.ports.At(f) = uint16(listener.Addr().(*net.TCPAddr).Port)
		listeners = append(listeners, listener)
	}
	return listeners
}

// unchokeAll gives every peer that is interested an upload slot, until the test ends.
func (s *seed) unchokeAll(t testing.TB) {
	stop := make(chan struct{})
	var chooser sync.WaitGroup
	chooser.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-s.endpoint.Wanted():
			}
			for _, conn := range s.endpoint.Peers() {
				if conn.Interested() {
					conn.Unchoke()
				}
			}
		}
	})
	t.Cleanup(func() {
		close(stop)
		chooser.Wait()
	})
}

// newUnconnected returns an engine without sockets.
func newUnconnected(t testing.TB, changes ...func(*engine.Config)) *seed {
	t.Helper()
	s := &seed{accounts: wire.NewAccounts(), changed: make(chan wire.InfoHash, 100)}
	config := engine.Config{
		ClientName: "sixseed/test",
		PEX:        true,
		Log:        slog.New(slog.DiscardHandler),
		Changed:    func(infoHash wire.InfoHash) { s.changed <- infoHash },
	}
	copy(config.PeerID[:], "-6S0000-000000000000")
	for _, change := range changes {
		change(&config)
	}
	var err error
	if s.Engine, err = engine.New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if s.endpoint != nil {
			s.endpoint.Wait()
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
	return newReleaseOf(t, size, more)
}

func newReleaseOf(t testing.TB, size int64, more map[string]any) release {
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
	raw := bencode.MustMarshal(info)
	r.InfoHash, r.Info = sha1.Sum(raw), func() ([]byte, error) { return raw, nil }
	r.Data = content.Open(layout, stamps, content.NewPool(10))
	return r
}

// connect opens a connection to the engine and shakes hands.
func (s *seed) connect(t testing.TB, f family.Family, infoHash wire.InfoHash) *peer {
	t.Helper()
	return connect(t, f, s.ports.Get(f), infoHash)
}

// seeds reports whether the engine has a torrent.
func (s *seed) seeds(infoHash wire.InfoHash) bool {
	_, ok := s.Keyed(mse.KeyOf(infoHash))
	return ok
}

func (s *seed) add(t testing.TB, torrent engine.Torrent) {
	t.Helper()
	if err := s.Add(torrent); err != nil {
		t.Fatal(err)
	}
}

// download fetches and compares every block.
func (r release) download(p *peer) {
	p.t.Helper()
	p.send(idInterested)
	p.next(idUnchoke)
	for offset := 0; offset < len(r.data); offset += blockLength {
		length := min(blockLength, len(r.data)-offset)
		got := p.block(uint32(offset/pieceLength), uint32(offset%pieceLength), uint32(length))
		if !bytes.Equal(got, r.data[offset:offset+length]) {
			p.t.Fatalf("the block at %d is not the file's", offset)
		}
	}
}

// isActive reports whether the client has a torrent.
func (s *seed) isActive(infoHash wire.InfoHash) bool { return s.InClient(infoHash).Value() != nil }

// open counts a connection.
func (s *seed) open(t testing.TB, infoHash wire.InfoHash) *wire.Torrent {
	t.Helper()
	opened, err := s.Open(infoHash)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// retired lets hours pass until a torrent is dormant.
func (s *seed) retired(t *testing.T, infoHash wire.InfoHash) {
	t.Helper()
	now := time.Now()
	eventually(t, "dormant again", func() bool {
		now = now.Add(time.Hour)
		s.Retire(now)
		return !s.isActive(infoHash)
	})
}

// counted waits for the account to show all that a peer has got: it is counted once it is sent.
func (s *seed) counted(t *testing.T, infoHash wire.InfoHash, f family.Family, payload int64) {
	t.Helper()
	account := s.accounts.Of(infoHash, f)
	eventually(t, fmt.Sprintf("%d bytes of payload counted for %v", payload, f), func() bool {
		return account.Traffic().Payload == payload
	})
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}
