package engine_test

import (
	"errors"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
)

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestEngine_Retire(t *testing.T) {
	t.Parallel()
	// Times are minutes from start.
	for name, tc := range map[string]struct {
		use    func(*testing.T, *seed, release)
		looks  []float64
		active bool
	}{
		"NeverUsedForAMinute": {
			use:   func(t *testing.T, s *seed, r release) { s.open(t, r.InfoHash).Release(start) },
			looks: []float64{0, 0.5, 1}, active: false,
		},
		"TheFirstLookIsWhatCounts": {
			use:   func(t *testing.T, s *seed, r release) { s.open(t, r.InfoHash).Release(start) },
			looks: []float64{60}, active: true,
		},
		"ReleasedJustNow": {
			use:   func(t *testing.T, s *seed, r release) { s.open(t, r.InfoHash).Release(start.Add(time.Minute)) },
			looks: []float64{0, 1.5}, active: true,
		},
		"InUse": {
			use:   func(t *testing.T, s *seed, r release) { s.open(t, r.InfoHash) },
			looks: []float64{0, 60, 120}, active: true,
		},
		"OneOfTwoReleased": {
			use: func(t *testing.T, s *seed, r release) {
				s.open(t, r.InfoHash)
				s.open(t, r.InfoHash).Release(start)
			},
			looks: []float64{0, 60, 120}, active: true,
		},
		"ActiveOnceMore": {
			use: func(t *testing.T, s *seed, r release) {
				s.open(t, r.InfoHash).Release(start)
				s.Retire(start)
				s.Retire(start.Add(engine.IdleAfter))
				s.open(t, r.InfoHash).Release(start)
			},
			looks: []float64{60, 60.5}, active: true,
		},
		"PeersBeingDialled": {
			use: func(_ *testing.T, s *seed, r release) {
				var peers []netip.AddrPort // more than the client dials in 40 seconds
				for i := range byte(250) {
					peers = append(peers, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 1, i}), 1))
					peers = append(peers, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 2, i}), 1))
				}
				s.AddPeers(r.InfoHash, peers)
			},
			looks: []float64{0, 60, 120}, active: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, r := newSeed(t), newRelease(t, nil)
			s.add(t, r.Torrent)
			tc.use(t, s, r)
			for _, minutes := range tc.looks {
				s.Retire(start.Add(time.Duration(minutes * float64(engine.IdleAfter))))
			}
			if got := s.isActive(r.InfoHash); got != tc.active {
				t.Errorf("active: %v, want %v", got, tc.active)
			}
			if !s.seeds(r.InfoHash) {
				t.Error("the torrent is not seeded any more")
			}
		})
	}
}

// A connection is counted, or the torrent becomes dormant: never both.
func TestEngine_OpenWhileRetiring(t *testing.T) {
	t.Parallel()
	s := newSeed(t)
	torrent := emptyTorrents(t, 1, 1)[0]
	s.add(t, torrent)
	var openers sync.WaitGroup
	for range 4 {
		openers.Go(func() {
			for range 1000 {
				opened, err := s.Open(torrent.InfoHash)
				if err != nil {
					t.Error(err)
					return
				}
				if !s.isActive(torrent.InfoHash) {
					t.Error("the torrent is open and not in the client")
				}
				opened.Release(start)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		openers.Wait()
		close(done)
	}()
	for now := start; ; now = now.Add(time.Hour) {
		select {
		case <-done:
			return
		default:
			s.Retire(now)
		}
	}
}

func TestEngine_DialsThatFailKeepNoTorrentActive(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	s.AddPeers(r.InfoHash, []netip.AddrPort{netip.MustParseAddrPort("[::1]:1")})
	if !s.isActive(r.InfoHash) {
		t.Fatal("the torrent is dormant, though there is a peer to dial")
	}
	s.retired(t, r.InfoHash)
}

func TestEngine_RetiredTorrentsTakeNoMemory(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	s.open(t, r.InfoHash).Release(start)
	gone := s.InClient(r.InfoHash)
	s.Retire(start)
	s.Retire(start.Add(engine.IdleAfter))
	eventually(t, "the client has let go of the torrent", func() bool {
		runtime.GC()
		return gone.Value() == nil
	})
}

func TestEngine_ConnectionsStayWhileOthersRetire(t *testing.T) {
	t.Parallel()
	s, r := newSeed(t), newRelease(t, nil)
	s.add(t, r.Torrent)
	p := s.connect(t, family.V6, r.InfoHash)
	for hour := range time.Duration(3) {
		s.Retire(time.Now().Add(hour * time.Hour))
	}
	r.download(p)
	_ = p.SetReadDeadline(time.Now())
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection was closed: %v", err)
	}
}
