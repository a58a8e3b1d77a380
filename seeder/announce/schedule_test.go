package announce_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

func TestAnnouncer_Period(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer announce.Response
		want   time.Duration
	}{
		"Named":         {announce.Response{Interval: 20 * time.Minute}, 20 * time.Minute},
		"Unnamed":       {announce.Response{}, 30 * time.Minute},
		"TooShort":      {announce.Response{Interval: time.Second}, time.Minute},
		"TooLong":       {announce.Response{Interval: 48 * time.Hour}, 2 * time.Hour},
		"MinimumIsKept": {announce.Response{Interval: time.Hour, MinInterval: 3 * time.Hour}, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, func(context.Context, announce.Request) (announce.Response, error) { return c.answer, nil }, nil)
				defer l.end()
				l.Add(torrent(1, []string{urlA}))
				want := []call{{0, urlA, "started"}, {c.want, urlA, ""}, {2 * c.want, urlA, ""}}
				if diff := cmp.Diff(want, l.after(2*c.want)); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAnnouncer_Backoff(t *testing.T) {
	t.Parallel()
	minutes := func(at ...float64) []time.Duration {
		var ds []time.Duration
		for _, m := range at {
			ds = append(ds, time.Duration(m*float64(time.Minute)))
		}
		return ds
	}
	for name, c := range map[string]struct {
		err  error
		want []time.Duration
	}{
		"Failure":   {errDown, minutes(0, .5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5, 151.5)},
		"NoAddress": {announce.NoAddressError{}, minutes(0, .5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5)},
		"RetryIn":   {&announce.RefusalError{Reason: "full", RetryIn: time.Hour}, minutes(0, 60, 120)},
		"Never":     {&announce.RefusalError{Reason: "gone", Never: true}, minutes(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, func(context.Context, announce.Request) (announce.Response, error) {
					return announce.Response{}, c.err
				}, nil)
				defer l.end()
				l.Add(torrent(1, []string{urlA}))
				if diff := cmp.Diff(c.want, times(l.after(170*time.Minute))); diff != "" {
					t.Errorf("times (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAnnouncer_BackoffEndsWithSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		outcomes := []error{errDown, errDown, nil, errDown}
		l := newLab(t, func(context.Context, announce.Request) (resp announce.Response, err error) {
			if len(outcomes) > 0 {
				err, outcomes = outcomes[0], outcomes[1:]
			}
			return resp, err
		}, nil)
		defer l.end()
		l.Add(torrent(1, []string{urlA}))
		s := time.Second
		want := []time.Duration{0, 30 * s, 90 * s, 90*s + 1800*s, 120*s + 1800*s}
		if diff := cmp.Diff(want, times(l.after(50*time.Minute))); diff != "" {
			t.Errorf("times (-want +got):\n%s", diff)
		}
	})
}

// BEP 12: within a tier the tracker that works is tried first from then on.
func TestAnnouncer_TierPrefersWhatWorks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turned atomic.Bool // first A is down, then B
		l := newLab(t, func(_ context.Context, req announce.Request) (resp announce.Response, err error) {
			if (req.URL() == urlA) != turned.Load() {
				err = errDown
			}
			return resp, err
		}, func(c *announce.Config) { c.Rand = inOrder })
		defer l.end()
		l.Add(torrent(1, []string{urlA, urlB}))
		l.after(45 * time.Minute)
		turned.Store(true)
		var got []string
		for _, c := range l.after(35 * time.Minute) {
			got = append(got, c.URL+" "+c.Event)
		}
		want := []string{urlA + " started", urlB + " started", urlB + " ", urlB + " ", urlA + " started"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

// The order is kept in each torrent, not only by passing over trackers that fail: here A serves others.
func TestAnnouncer_TierPrefersWhatWorksForTheTorrent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, func(_ context.Context, req announce.Request) (resp announce.Response, err error) {
			if req.URL() == urlA && req.InfoHash == infoHash(1) {
				err = &announce.RefusalError{Reason: "not registered"}
			}
			return resp, err
		}, func(c *announce.Config) { c.Rand = inOrder })
		defer l.end()
		l.Add(torrent(1, []string{urlA, urlB}))
		l.Add(torrent(2, []string{urlA}))
		count := make(map[string]int)
		for _, c := range l.after(70 * time.Minute) {
			count[c.URL]++
		}
		if count[urlA] != 1+3 || count[urlB] != 3 {
			t.Errorf("announces %v, want one refused and three accepted by A, and three by B", count)
		}
	})
}

func TestAnnouncer_AllTiersAndFamilies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := make(chan string, 10)
		l := newLab(t, func(_ context.Context, req announce.Request) (announce.Response, error) {
			seen <- req.URL() + " " + req.Family.String()
			return announce.Response{}, nil
		}, func(c *announce.Config) { c.Families = family.Pair[bool]{V4: true, V6: true} })
		l.Add(torrent(1, []string{urlA}, []string{urlB, urlA})) // a tracker that is named again is asked once
		l.after(time.Second)
		got := make(map[string]int)
		for len(seen) > 0 {
			got[<-seen]++
		}
		l.end()
		want := map[string]int{urlA + " ipv4": 1, urlA + " ipv6": 1, urlB + " ipv4": 1, urlB + " ipv6": 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("announces (-want +got):\n%s", diff)
		}
	})
}

func TestAnnouncer_Limits(t *testing.T) {
	t.Parallel()
	slow := func(ctx context.Context, _ announce.Request) (announce.Response, error) {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		return announce.Response{Interval: time.Hour}, ctx.Err()
	}
	limits := func(c *announce.Config) { c.PerTracker, c.Concurrency = 3, 5 }

	t.Run("PerTracker", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, slow, limits)
			defer l.end()
			for i := range 30 {
				l.Add(torrent(i, []string{urlA}))
			}
			if calls := l.after(9500 * time.Millisecond); len(calls) != 30 {
				t.Errorf("%d announces in ten rounds, want 30", len(calls))
			}
			if peak := l.peak(); peak != 3 {
				t.Errorf("%d announces at a time, want 3", peak)
			}
		})
	})
	t.Run("Altogether", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, slow, limits)
			defer l.end()
			for i := range 10 {
				l.Add(torrent(i, []string{urlA}, []string{urlB}, []string{"http://c.example/announce"}))
			}
			if calls := l.after(5500 * time.Millisecond); len(calls) != 30 {
				t.Errorf("%d announces in six rounds, want 30", len(calls))
			}
			if peak := l.peak(); peak != 5 {
				t.Errorf("%d announces at a time, want 5", peak)
			}
		})
	})
}

// hang answers after 30 s that there is no answer.
func hang(ctx context.Context, _ announce.Request) (announce.Response, error) {
	select {
	case <-time.After(30 * time.Second):
		return announce.Response{}, errDown
	case <-ctx.Done():
		return announce.Response{}, ctx.Err()
	}
}

// A tracker that does not answer is asked by one torrent at a time.
func TestAnnouncer_DeadTracker(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alive time.Duration // before the tracker dies
		dead  time.Duration // when those announces have ended that began before it counted as failing
	}{
		"FromTheStart": {0, 31 * time.Second},
		"LaterOn":      {time.Minute, 30*time.Minute + 61*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				l := newLab(t, func(ctx context.Context, req announce.Request) (announce.Response, error) {
					if time.Since(begin) < c.alive {
						return announce.Response{}, nil
					}
					return hang(ctx, req)
				}, nil)
				for i := range 100 {
					l.Add(torrent(i, []string{urlA}))
				}
				l.after(c.dead)
				l.peak()
				l.after(5 * time.Minute)
				peak := l.peak()
				l.end()
				if peak != 1 {
					t.Errorf("a dead tracker was asked by %d torrents at a time", peak)
				}
			})
		})
	}
}

// Torrents that have a choice do not wait for their turn at a dead tracker.
func TestAnnouncer_DeadTrackerInATier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, func(ctx context.Context, req announce.Request) (announce.Response, error) {
			if req.URL() == urlB {
				return announce.Response{}, nil
			}
			return hang(ctx, req)
		}, func(c *announce.Config) { c.Rand = inOrder })
		for i := range 100 {
			l.Add(torrent(i, []string{urlA, urlB}))
		}
		count := make(map[string]int)
		for _, c := range l.after(31 * time.Second) {
			count[c.URL]++
		}
		l.end()
		if count[urlA] != 16 || count[urlB] != 100 {
			t.Errorf("announces %v, want 16 at the dead tracker and 100 at the other", count)
		}
		if lines := strings.Count(l.log.String(), "tracker fails"); lines != 1 {
			t.Errorf("%d lines about the dead tracker, want 1:\n%s", lines, l.log.String())
		}
	})
}
