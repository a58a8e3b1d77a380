package tracker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// run runs a tracker until the function that is returned is called, or the test ends.
func run(t testing.TB, tr *tracker.Tracker, servers ...tracker.Server) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- tr.Run(ctx, servers...) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestTracker_Run_ForgetsWhoDoesNotAnnounce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := open()
		config.Now = time.Now
		tr := newTracker(t, config)
		stop := run(t, tr)
		defer stop()
		const torrents = 100 // in many shards
		announceAll := func(f family.Family) {
			for n := range torrents {
				a := announceOf(f, int(f))
				a.InfoHash = swarm.InfoHash{byte(n)}
				announce(t, tr, a)
			}
		}
		announceAll(family.V4)
		announceAll(family.V6)
		time.Sleep(65 * time.Minute) // two announces might have been late by then
		if got := tr.Stats().Swarms.Peers; got.V6.Leechers != torrents || got.V4.Leechers != torrents {
			t.Errorf("too early: %+v", got)
		}
		announceAll(family.V6)
		time.Sleep(6 * time.Minute)
		if got := tr.Stats().Swarms.Peers; got.V6.Leechers != torrents || got.V4.Leechers != 0 {
			t.Errorf("too late: %+v", got)
		}
	})
}

// A clock that is set makes nobody younger, and nobody much older.
func TestTracker_Tick_ClockJumps(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{
		"HoursForwards":  9 * time.Hour,
		"HoursBack":      -9 * time.Hour,
		"YearsForwards":  30 * 365 * 24 * time.Hour,
		"ToTheBeginning": -noon.Sub(time.Unix(0, 0)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTracker(t, open())
			announce(t, tr, announceOf(family.V6, 1))
			now := noon
			pass := func(d time.Duration) {
				for range d / time.Second {
					now = now.Add(time.Second)
					tr.Tick(now)
				}
			}
			pass(time.Minute)
			now = now.Add(jump)
			pass(60 * time.Minute)
			if counts, _ := tr.Scrape(infoHash); counts.Leechers != 1 {
				t.Errorf("an hour later: %+v", counts)
			}
			pass(10 * time.Minute)
			if counts, _ := tr.Scrape(infoHash); counts.Leechers != 0 {
				t.Errorf("70 minutes later: %+v", counts)
			}
		})
	}
}

type server func(ctx context.Context) error

func (s server) Run(ctx context.Context) error { return s(ctx) }

func TestTracker_Run_EndsWithAServerThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("socket is gone")
	ended := false
	tr := newTracker(t, open())
	err := tr.Run(t.Context(),
		server(func(context.Context) error { return broken }),
		server(func(ctx context.Context) error { <-ctx.Done(); ended = true; return nil }))
	if !errors.Is(err, broken) || !ended {
		t.Errorf("got %v, and the other has ended: %v", err, ended)
	}
}

// A server may still take announces while it ends. They are in the snapshot.
func TestTracker_Run_KeepsTheSwarms(t *testing.T) {
	t.Parallel()
	config := open()
	config.StateDir = t.TempDir()
	tr := newTracker(t, config)
	run(t, tr, server(func(ctx context.Context) error {
		<-ctx.Done()
		announce(t, tr, announceOf(family.V6, 1))
		return nil
	}))()
	again := newTracker(t, config)
	if counts, _ := again.Scrape(infoHash); counts.Leechers != 1 {
		t.Errorf("after a restart there are %+v", counts)
	}
	if tr.Tag([20]byte{1}, 2) != again.Tag([20]byte{1}, 2) {
		t.Error("after a restart a client has another tag")
	}
	if other := newTracker(t, open()); other.Tag([20]byte{1}, 2) == tr.Tag([20]byte{1}, 2) {
		t.Error("two trackers make the same tags")
	}
}

func TestTracker_Run_WritesSnapshotsMeanwhile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		config := open()
		config.StateDir = dir
		tr := newTracker(t, config)
		stop := run(t, tr)
		defer stop()
		announce(t, tr, announceOf(family.V4, 1))
		time.Sleep(6 * time.Minute)
		again := newTracker(t, config)
		var answer swarm.Answer
		if err := again.Announce(noon, announceOf(family.V6, 2), &answer); err != nil || answer.Leechers != 2 {
			t.Errorf("got %+v, %v", answer, err)
		}
	})
}
