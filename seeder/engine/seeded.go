package engine

import (
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/anacrolix/torrent"

	"sixseed/seeder/wire"
)

// seeded is a torrent that peers can have: dormant, or active in the client.
type seeded struct {
	wire.Torrent
	engine *Engine
	info   func() ([]byte, error)

	// mu is held while the client takes the torrent in or lets it go, and while a connection is counted. So none comes
	// in between, and strangers who ask for other torrents do not wait for this one's disk.
	mu         sync.Mutex
	active     *torrent.Torrent // nil while dormant
	idleFrom   time.Time        // when it was first seen without connections; zero before that
	removed    bool
	complained bool // the log has it that it cannot be activated
}

// newSeeded returns a torrent whose info dictionary was read and found good.
func newSeeded(e *Engine, t Torrent) (*seeded, error) {
	raw, err := readInfo(t.InfoHash, t.Info)
	if err != nil {
		return nil, err
	}
	shape, err := shapeOf(raw)
	if err != nil {
		return nil, err
	}
	infoHash := t.InfoHash
	return &seeded{
		engine: e,
		info:   t.Info,
		Torrent: wire.Torrent{
			InfoHash:    infoHash,
			Data:        t.Data,
			Length:      shape.length,
			PieceLength: shape.pieceLength,
			InfoLength:  len(raw),
			Changed:     func() { e.changed(infoHash) },
		},
	}, nil
}

// open counts a connection, for which the torrent becomes active.
func (s *seeded) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.activate(); err != nil {
		return err
	}
	s.Acquire()
	return nil
}

// dial gives the client peers to connect to.
func (s *seeded) dial(peers []netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == nil && s.engine.active.Load() >= crowded {
		return
	}
	if s.activate() != nil {
		return // it was logged, and there is nobody to tell
	}
	infos := make([]torrent.PeerInfo, 0, len(peers))
	for _, peer := range peers {
		infos = append(infos, torrent.PeerInfo{Addr: peerAddr(peer), Source: torrent.PeerSourceTracker})
	}
	s.active.AddPeers(infos)
}

// retire makes the torrent dormant if it is idle. One whose lock is taken is about to be used or to go.
func (s *seeded) retire(now time.Time) {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.active != nil && s.isIdle(now) {
		s.drop()
	}
}

// isIdle reports whether for idleAfter nobody was connected and nobody was being dialled.
func (s *seeded) isIdle(now time.Time) bool {
	ended, unused := s.IdleSince()
	switch {
	case !unused:
		return false
	case s.idleFrom.IsZero() || s.active.Stats().HalfOpenPeers > 0:
		s.idleFrom = now
	case ended.After(s.idleFrom):
		s.idleFrom = ended
	}
	return now.Sub(s.idleFrom) >= idleAfter
}

// remove ends the torrent for good: connections that have opened it and that the client has not seen yet find no torrent
// in the client, and no data.
func (s *seeded) remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed = true
	if s.active != nil {
		s.drop()
	}
	return s.Data.Close()
}

// activate puts the torrent into the client, if it is not there. An error is the admin's business and reaches nobody but
// peers, so it is logged as well: once, until it has worked again.
func (s *seeded) activate() error {
	if s.removed {
		return wire.ErrUnknownTorrent
	}
	if s.active != nil {
		return nil
	}
	if err := s.load(); err != nil {
		if !s.complained {
			s.engine.log.Warn("torrent cannot be activated, and peers who ask for it are refused",
				slog.String("info_hash", fmt.Sprintf("%x", s.InfoHash)), slog.Any("error", err))
		}
		s.complained = true
		return fmt.Errorf("activate %x: %w", s.InfoHash, err)
	}
	s.complained, s.idleFrom = false, time.Time{}
	s.engine.active.Add(1)
	return nil
}

// load reads the info dictionary and adds the torrent to the client.
func (s *seeded) load() error {
	raw, err := readInfo(s.InfoHash, s.info)
	if err != nil {
		return err
	}
	added, _ := s.engine.client.AddTorrentOpt(torrent.AddTorrentOpts{
		InfoHash:                 s.InfoHash,
		InfoBytes:                raw,
		Storage:                  readOnly{&s.Torrent},
		DisableInitialPieceCheck: true,
	})
	if added.Info() == nil {
		added.Drop()
		return errRefused
	}
	added.DisallowDataDownload()
	added.SetMaxEstablishedConns(busyTorrentConns)
	s.active = added
	return nil
}

// drop takes the torrent out of the client, which closes its connections.
func (s *seeded) drop() {
	s.active.Drop()
	s.active = nil
	s.engine.active.Add(-1)
}
