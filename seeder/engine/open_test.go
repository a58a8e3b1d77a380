package engine_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/mse"
)

func TestEngine_Open(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	if s.isActive(r.InfoHash) {
		t.Error("the torrent is active before anybody has asked for it")
	}
	first, second := s.open(t, r.InfoHash), s.open(t, r.InfoHash)
	if !s.isActive(r.InfoHash) || s.Active() != 1 {
		t.Errorf("%d torrents are active, want the one that was opened", s.Active())
	}
	if first != second {
		t.Error("two connections of one torrent do not share it")
	}
	info, _ := r.Info()
	if first.InfoHash != r.InfoHash || first.Length != size || first.PieceLength != pieceLength ||
		first.Pieces() != 4 || first.InfoLength != len(info) {
		t.Errorf("opened %x of %d bytes in %d pieces of %d, info dictionary %d",
			first.InfoHash, first.Length, first.Pieces(), first.PieceLength, first.InfoLength)
	}
	first.Changed()
	if got := <-s.changed; got != r.InfoHash {
		t.Errorf("%x has changed, want %x", got, r.InfoHash)
	}
}

func TestEngine_OpenRefuses(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	if _, err := s.Open(r.InfoHash); !errors.Is(err, wire.ErrUnknownTorrent) {
		t.Errorf("a torrent that was never added: %v", err)
	}
	s.add(t, r.Torrent)
	opened := s.open(t, r.InfoHash)
	if err := s.Remove(r.InfoHash); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(r.InfoHash); !errors.Is(err, wire.ErrUnknownTorrent) {
		t.Errorf("a torrent that was removed: %v", err)
	}
	if _, err := opened.Data.ReadAt(make([]byte, 1), 0); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("data of a removed torrent, to a connection that the client has not seen: %v", err)
	}
	again := newRelease(t, nil)
	s.add(t, again.Torrent)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(again.InfoHash); !errors.Is(err, wire.ErrUnknownTorrent) {
		t.Errorf("a torrent of a closed engine: %v", err)
	}
	if _, err := again.Data.ReadAt(make([]byte, 1), 0); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("data of a closed engine: %v", err)
	}
}

func TestEngine_OpenReadsTheInfoDictionaryAgain(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newSeedOf(t, func(config *engine.Config) { config.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	r := newRelease(t, nil)
	good := r.Info
	info := good
	r.Info = func() ([]byte, error) { return info() }
	s.add(t, r.Torrent)

	info = func() ([]byte, error) { return nil, fs.ErrNotExist }
	for range 3 {
		if _, err := s.Open(r.InfoHash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("its .torrent is gone: %v", err)
		}
	}
	s.AddPeers(r.InfoHash, []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")})
	info = newRelease(t, map[string]any{"source": "somebody else"}).Info
	if _, err := s.Open(r.InfoHash); err == nil || !strings.Contains(err.Error(), "not the one of this info-hash") {
		t.Errorf("its .torrent is another one: %v", err)
	}
	if lines := strings.Count(log.String(), "level=WARN"); lines != 1 {
		t.Errorf("%d warnings about one torrent:\n%s", lines, &log)
	}
	if s.Active() != 0 {
		t.Errorf("%d torrents are active", s.Active())
	}
	info = good
	r.download(s.connect(t, family.V6, r.InfoHash))
}

func TestEngine_Keyed(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	key := mse.KeyOf(r.InfoHash)
	if got, ok := s.Keyed(key); ok {
		t.Errorf("a key of nothing names %x", got)
	}
	s.add(t, r.Torrent)
	if got, ok := s.Keyed(key); !ok || got != r.InfoHash {
		t.Errorf("the key names %x, %v; want %x", got, ok, r.InfoHash)
	}
	if err := s.Remove(r.InfoHash); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Keyed(key); ok {
		t.Errorf("the key of a removed torrent names %x", got)
	}
}

func TestEngine_RemoveWhileOpening(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	open := s.Find(r.InfoHash)
	if err := s.Remove(r.InfoHash); err != nil {
		t.Fatal(err)
	}
	if err := open(); !errors.Is(err, wire.ErrUnknownTorrent) {
		t.Errorf("opening a torrent that was just removed: %v", err)
	}
	if s.Active() != 0 || s.isActive(r.InfoHash) {
		t.Error("the client has a torrent that was removed")
	}
}

func TestEngine_ActivatesForEveryHandshake(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	for round := range int64(3) {
		for _, f := range family.All {
			p := s.connect(t, f, r.InfoHash)
			r.download(p)
			_ = p.Close()
			s.counted(t, r.InfoHash, f, (round+1)*size)
		}
		s.retired(t, r.InfoHash)
	}
}

func TestEngine_RefusesConnectionsItCannotActivate(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	good := r.Info
	added := false
	r.Info = func() ([]byte, error) {
		if added {
			return nil, io.ErrUnexpectedEOF
		}
		return good()
	}
	s.add(t, r.Torrent)
	added = true
	p := dial(t, family.V4, s.ports.V4)
	p.shake(r.InfoHash)
	if n, err := p.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes and %v instead of a closed connection", n, err)
	}
}

func TestEngine_AddPeers(t *testing.T) {
	t.Parallel()
	peers := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}
	t.Run("NobodyToDial", func(t *testing.T) {
		t.Parallel()
		s, r := newSeed(t), newRelease(t, nil)
		s.add(t, r.Torrent)
		s.AddPeers(r.InfoHash, nil)
		s.AddPeers(wire.InfoHash{1}, peers)
		if s.Active() != 0 {
			t.Error("the torrent was activated for nobody")
		}
	})
	t.Run("NoDialers", func(t *testing.T) {
		t.Parallel()
		s, r := newUnconnected(t), newRelease(t, nil)
		s.add(t, r.Torrent)
		s.AddPeers(r.InfoHash, peers)
		if s.Active() != 0 {
			t.Error("the torrent was activated by an engine that cannot dial")
		}
	})
	t.Run("Crowded", func(t *testing.T) {
		t.Parallel()
		s := newSeed(t)
		all := emptyTorrents(t, engine.Crowded+1, 1)
		for _, torrent := range all {
			s.add(t, torrent)
		}
		for _, torrent := range all[1:] {
			s.open(t, torrent.InfoHash)
		}
		first := all[0].InfoHash
		s.AddPeers(first, peers)
		if s.isActive(first) {
			t.Errorf("%d torrents are active, and one more was activated to dial", s.Active())
		}
		s.open(t, first)
		if !s.isActive(first) {
			t.Error("a peer that comes by itself was left out, too")
		}
	})
}
