package announce_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/seeder/announce"
)

var errDown = errors.New("connection refused")

// call is an announce as the lab's trackers saw it.
type call struct {
	At    time.Duration // since the lab's start
	URL   string
	Event string
}

// lab is an announcer with trackers of the test's own, in the time of a synctest bubble.
type lab struct {
	*announce.Announcer
	log bytes.Buffer // read it after stop only
	end func()

	mu    sync.Mutex
	begin time.Time
	calls []call
	now   int // announces under way
	most  int
}

// tracker is how the lab's trackers answer.
type tracker func(ctx context.Context, req announce.Request) (announce.Response, error)

func accept(context.Context, announce.Request) (announce.Response, error) {
	return announce.Response{}, nil
}

// steady is a Config.Rand without jitter. Tiers of two it turns round.
func steady() uint64 { return 0 }

// inOrder is a Config.Rand that leaves the order in a tier as it is, with all the jitter there can be.
func inOrder() uint64 { return ^uint64(0) }

// newLab runs an announcer over IPv6 only; configure changes its config if it is not nil. Call it inside a bubble.
func newLab(t *testing.T, answer tracker, configure func(*announce.Config)) *lab {
	t.Helper()
	l := &lab{begin: time.Now()}
	config := bothFamilies()
	config.Families.V4 = false
	config.Rand = steady
	config.Log = slog.New(slog.NewTextHandler(&l.log, nil))
	if configure != nil {
		configure(&config)
	}
	l.Announcer = announce.NewWithExchange(config, func(ctx context.Context, req announce.Request) (announce.Response, error) {
		defer l.enter(req)()
		return answer(ctx, req)
	})
	l.end = run(t, l.Announcer)
	return l
}

func (l *lab) enter(req announce.Request) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, call{time.Since(l.begin), req.URL(), string(req.Event)})
	l.now++
	l.most = max(l.most, l.now)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.now--
	}
}

// after lets d pass and returns all calls until then.
func (l *lab) after(d time.Duration) []call {
	time.Sleep(d)
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]call(nil), l.calls...)
}

// peak returns how many announces were under way at a time since the last call of peak, or since the start.
func (l *lab) peak() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := l.most
	l.most = l.now
	return most
}

const (
	urlA = "http://a.example/announce"
	urlB = "http://b.example/announce"
)

func torrent(n int, tiers ...[]string) announce.Torrent {
	return announce.Torrent{InfoHash: infoHash(n), Tiers: tiers}
}

// times are the moments of calls.
func times(calls []call) []time.Duration {
	var at []time.Duration
	for _, c := range calls {
		at = append(at, c.At)
	}
	return at
}
