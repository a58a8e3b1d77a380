package announce_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/announce"
)

// hangOn answers all events but one at once, and that one never.
func hangOn(event string) tracker {
	return func(ctx context.Context, req announce.Request) (resp announce.Response, err error) {
		if string(req.Event) == event {
			<-ctx.Done()
			err = ctx.Err()
		}
		return resp, err
	}
}

func TestAnnouncer_Remove(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, accept, nil)
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Minute)
		l.Remove(infoHash(1))
		l.Remove(infoHash(2)) // was never added
		calls := l.after(24 * time.Hour)
		l.end()
		want := []call{{0, urlA, "started"}, {time.Minute, urlA, "stopped"}}
		if diff := cmp.Diff(want, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if trackers := l.Trackers(); len(trackers) != 0 {
			t.Errorf("trackers of no torrent: %+v", trackers)
		}
	})
}

func TestAnnouncer_RemoveWhileStarting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, hangOn("started"), nil)
		defer l.end()
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Second)
		l.Remove(infoHash(1))
		// The tracker may have heard of us.
		want := []call{{0, urlA, "started"}, {time.Second, urlA, "stopped"}}
		if diff := cmp.Diff(want, l.after(time.Second)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestAnnouncer_AddWaitsForGoodbye(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, hangOn("stopped"), nil)
		defer l.end()
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Minute)
		l.Remove(infoHash(1))
		l.Add(torrent(1, []string{urlB}))
		want := []call{{0, urlA, "started"}, {time.Minute, urlA, "stopped"}, {80 * time.Second, urlB, "started"}}
		if diff := cmp.Diff(want, l.after(time.Minute)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestAnnouncer_RemoveOfWhatWaitsToBeAddedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, hangOn("stopped"), nil)
		defer l.end()
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Minute)
		l.Remove(infoHash(1))
		l.Add(torrent(1, []string{urlA}))
		l.Remove(infoHash(1))
		if calls := l.after(time.Hour); len(calls) != 2 {
			t.Errorf("calls %v, want `started` and `stopped` only", calls)
		}
	})
}

func TestAnnouncer_AddAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, accept, nil)
		defer l.end()
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Minute)
		l.Add(torrent(1, []string{urlA}))
		if calls := l.after(time.Minute); len(calls) != 1 {
			t.Errorf("the same torrent again: %v, want nothing new", calls)
		}
		l.Add(torrent(1, []string{urlB}))
		at := 2 * time.Minute
		want := []call{{0, urlA, "started"}, {at, urlA, "stopped"}, {at, urlB, "started"}}
		if diff := cmp.Diff(want, l.after(time.Minute)); diff != "" {
			t.Errorf("other tiers (-want +got):\n%s", diff)
		}
	})
}

func TestAnnouncer_StopTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, hangOn("stopped"), func(c *announce.Config) { c.StopTimeout = 3 * time.Second })
		for i := range 1000 {
			l.Add(torrent(i, []string{urlA}))
		}
		l.after(time.Minute)
		l.end()
		if took := time.Since(l.begin) - time.Minute; took != 3*time.Second {
			t.Errorf("the end took %v, want 3s", took)
		}
		l.Add(torrent(1, []string{urlA})) // too late, and of no effect
	})
}

func TestAnnouncer_GoodbyesDoNotQueue(t *testing.T) {
	t.Parallel()
	slow := func(ctx context.Context, req announce.Request) (announce.Response, error) {
		time.Sleep(time.Second)
		return accept(ctx, req)
	}
	t.Run("BehindAnnounces", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, slow, func(c *announce.Config) { c.PerTracker = 1 })
			defer l.end()
			for i := range 10 {
				l.Add(torrent(i, []string{urlA}))
				l.after(0) // so that the order is certain
			}
			l.after(1500 * time.Millisecond)
			l.Remove(infoHash(0))
			if calls := l.after(time.Second); calls[2].Event != "stopped" {
				t.Errorf("calls %v, want `stopped` before what waits", calls)
			}
		})
	})
	t.Run("AtTheEnd", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, slow, func(c *announce.Config) { c.PerTracker, c.StopTimeout = 5, 2500*time.Millisecond })
			for i := range 40 {
				l.Add(torrent(i, []string{urlA}))
			}
			l.after(time.Minute)
			l.end()
			if len(l.calls) != 80 {
				t.Errorf("%d announces, want 40 of each kind", len(l.calls))
			}
		})
	})
}

func TestAnnouncer_NoGoodbyeToTheDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		l := newLab(t, func(context.Context, announce.Request) (resp announce.Response, err error) {
			if down.Load() {
				err = errDown
			}
			return resp, err
		}, nil)
		l.Add(torrent(1, []string{urlA}))
		l.after(time.Minute)
		down.Store(true)
		l.after(time.Hour)
		l.end()
		if last := l.calls[len(l.calls)-1]; last.Event == "stopped" {
			t.Errorf("calls %v, want no `stopped`", l.calls)
		}
	})
}

func TestAnnouncer_NoGoodbyeWhereNobodyListens(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]error{
		"Failed":  errDown,
		"Refused": &announce.RefusalError{Reason: "not registered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, func(context.Context, announce.Request) (announce.Response, error) {
					return announce.Response{}, answer
				}, nil)
				l.Add(torrent(1, []string{urlA}))
				l.after(time.Second)
				l.end()
				if len(l.calls) != 1 {
					t.Errorf("calls %v, want one", l.calls)
				}
			})
		})
	}
}

func TestAnnouncer_UnusableURLs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, accept, nil)
		l.Add(torrent(1, []string{"wss://w.example/secret", urlA}, []string{"udp://u.example/secret"}, nil))
		l.after(time.Second)
		l.end()
		if len(l.calls) != 2 || l.calls[0].URL != urlA {
			t.Errorf("calls %v, want those to the only usable tracker", l.calls)
		}
		for _, want := range []string{`tracker=wss://w.example/… `, `unknown scheme \"wss\"`, `tracker=udp://u.example/… `, `"no port"`} {
			if !strings.Contains(l.log.String(), want) {
				t.Errorf("no %s in the log:\n%s", want, l.log.String())
			}
		}
	})
}
