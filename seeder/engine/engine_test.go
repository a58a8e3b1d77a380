package engine_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire/message"
)

func TestEngine_SeedsOverBothFamilies(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	if both := s.Families(); both != (family.Pair[bool]{V4: true, V6: true}) {
		t.Errorf("listening on %+v", both)
	}
	for _, f := range family.All {
		r.download(s.connect(t, f, r.InfoHash))
		s.counted(t, r.InfoHash, f, size)
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
	s.add(t, r.Torrent)
	r.download(s.connect(t, family.V6, r.InfoHash))
	if err := s.Remove(r.InfoHash); err != nil {
		t.Error(err)
	}
}

func TestEngine_Remove(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	p := s.connect(t, family.V6, r.InfoHash)
	r.download(p)
	if err := s.Remove(r.InfoHash); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, p); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
	if s.seeds(r.InfoHash) {
		t.Error("the torrent is still seeded")
	}
	if err := s.Remove(r.InfoHash); err != nil {
		t.Errorf("removing it again: %v", err)
	}
	again := newRelease(t, nil)
	s.add(t, again.Torrent)
	again.download(s.connect(t, family.V4, again.InfoHash))
}

func TestEngine_AddRefuses(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	if err := s.Add(newRelease(t, nil).Torrent); !errors.Is(err, engine.ErrKnown) {
		t.Errorf("a torrent added twice: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(newRelease(t, nil).Torrent); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("added to a closed engine: %v", err)
	}
}

func TestEngine_AddRefusesInfoDictionaries(t *testing.T) {
	t.Parallel()
	s := newSeed(t)
	hashes := make([]byte, 3*sha1.Size)
	for name, raw := range map[string][]byte{
		"CutShort":      []byte("d4:name"),
		"NoPieceLength": bencode.MustMarshal(map[string]any{"length": 1, "pieces": hashes}),
		"NoLength":      bencode.MustMarshal(map[string]any{"piece length": 1, "pieces": hashes}),
		"TooFewPieces":  bencode.MustMarshal(map[string]any{"length": 4, "piece length": 1, "pieces": hashes}),
		"FileBelowZero": bencode.MustMarshal(map[string]any{"piece length": 1, "pieces": hashes, "files": []any{
			map[string]any{"length": 4, "path": []string{"a"}}, map[string]any{"length": -1, "path": []string{"b"}},
		}}),
		"FilesBeyond64Bits": bencode.MustMarshal(map[string]any{"piece length": 1, "pieces": hashes, "files": []any{
			map[string]any{"length": math.MaxInt64, "path": []string{"a"}},
			map[string]any{"length": math.MaxInt64, "path": []string{"b"}},
			map[string]any{"length": 5, "path": []string{"c"}},
		}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := newRelease(t, nil)
			broken.InfoHash, broken.Info = sha1.Sum(raw), func() ([]byte, error) { return raw, nil }
			if err := s.Add(broken.Torrent); err == nil {
				t.Error("it was taken")
			}
			if s.seeds(broken.InfoHash) {
				t.Error("a torrent that was refused is seeded")
			}
			if _, err := broken.Data.ReadAt(make([]byte, 1), 0); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("its data are still open: %v", err)
			}
		})
	}
}

func TestEngine_ChangedDataAreNotServed(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	p := s.connect(t, family.V6, r.InfoHash)
	r.download(p)
	s.counted(t, r.InfoHash, family.V6, size) // so the sender has let go of the file, and looks at it again
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
			s.add(t, r.Torrent)
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
			handshake := make([]byte, message.HandshakeLength)
			if _, err := io.ReadFull(conn, handshake); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(handshake[28:48], r.InfoHash[:]) {
				t.Errorf("dialled for %x, want %x", handshake[28:48], r.InfoHash)
			}
		})
	}
}
