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

func TestAnnouncer_Trackers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := func(_ context.Context, req announce.Request) (resp announce.Response, err error) {
			switch {
			case req.Family == family.V4:
				err = announce.NoAddressError{}
			case req.InfoHash == infoHash(2):
				err = &announce.RefusalError{Reason: "not registered"}
			}
			return resp, err
		}
		l := newLab(t, answer, func(c *announce.Config) { c.Families.V4 = true })
		defer l.end()
		for i := range 3 {
			l.Add(torrent(i, []string{"http://a.example/0123456789abcdef/announce"}, []string{"udp://b.example:1"}))
		}
		l.after(time.Second)
		want := []announce.Tracker{
			{URL: "http://a.example/…/announce", Family: family.V6, Torrents: 3, Working: 2, Error: "refused: not registered"},
			{URL: "http://a.example/…/announce", Family: family.V4, Torrents: 3, Error: "no IPv4 address"},
			{URL: "udp://b.example:1", Family: family.V6, Torrents: 3, Working: 2, Error: "refused: not registered"},
			{URL: "udp://b.example:1", Family: family.V4, Torrents: 3, Error: "no IPv4 address"},
		}
		for i := range want {
			want[i].Next = l.begin.Add(30 * time.Second)
		}
		if diff := cmp.Diff(want, l.Trackers()); diff != "" {
			t.Errorf("trackers (-want +got):\n%s", diff)
		}
		counts := announce.Counts{HTTP: announce.Count{OK: 2, Failed: 1}, UDP: announce.Count{OK: 2, Failed: 1}}
		if diff := cmp.Diff(family.Pair[announce.Counts]{V6: counts}, l.Counts()); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(announce.Count{OK: 4, Failed: 2}, counts.Total()); diff != "" {
			t.Errorf("total (-want +got):\n%s", diff)
		}
	})
}

func TestAnnouncer_TrackersLeavesOutSpareOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, accept, func(c *announce.Config) { c.Rand = inOrder })
		defer l.end()
		l.Add(torrent(1, []string{urlA, urlB}))
		l.after(time.Second)
		if trackers := l.Trackers(); len(trackers) != 1 || trackers[0].URL != urlA || trackers[0].Error != "" {
			t.Errorf("got %+v, want the one that works", trackers)
		}
	})
}

// An admin reads one line when a tracker goes, and one when it is back, however many torrents it has.
func TestAnnouncer_LogsTurnsOfATracker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		l := newLab(t, func(context.Context, announce.Request) (resp announce.Response, err error) {
			if down.Load() {
				err = errDown
			}
			return resp, err
		}, nil)
		for i := range 100 {
			l.Add(torrent(i, []string{urlA}))
		}
		l.after(time.Minute)
		down.Store(true)
		l.after(2 * time.Hour)
		down.Store(false)
		l.after(2 * time.Hour)
		l.end()
		log := l.log.String()
		for _, want := range []string{
			`level=WARN msg="tracker fails" tracker=http://a.example/announce family=ipv6 error="connection refused"`,
			`level=INFO msg="tracker works again" tracker=http://a.example/announce family=ipv6`,
		} {
			if strings.Count(log, want) != 1 {
				t.Errorf("not exactly once: %s\n%s", want, log)
			}
		}
		if lines := strings.Count(log, "\n"); lines != 2 {
			t.Errorf("%d lines, want 2:\n%s", lines, log)
		}
	})
}
