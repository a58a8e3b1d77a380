package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
	"sixseed/storage/metafile"
)

// fakeLedger is a ledger of downloads whose disk may be full.
type fakeLedger struct {
	mu        sync.Mutex
	completed map[[20]byte]int64
	failure   error
}

func (l *fakeLedger) AddDownloads(ctx context.Context, completed map[[20]byte]int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil || ctx.Err() != nil {
		return errors.Join(l.failure, ctx.Err())
	}
	for infoHash, count := range completed {
		l.completed[infoHash] += count
	}
	return nil
}

func (l *fakeLedger) kept() map[[20]byte]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.completed)
}

func (l *fakeLedger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

func TestDownloads_Run(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		books := &fakeLedger{completed: map[[20]byte]int64{}}
		counts := func(infoHash [20]byte) bool { return infoHash != [20]byte{9} }
		d := newDownloads(books, counts, slog.New(slog.NewTextHandler(&lines, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.run(ctx) })
		expect := func(what string, want map[[20]byte]int64) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, books.kept()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		for _, first := range []byte{1, 1, 2, 9} {
			d.Completed([20]byte{first})
		}
		expect("before it is time", map[[20]byte]int64{})
		time.Sleep(downloadsInterval)
		expect("in time", map[[20]byte]int64{{1}: 2, {2}: 1})

		books.fail(errors.New("disk is full"))
		d.Completed([20]byte{1})
		time.Sleep(2 * downloadsInterval)
		d.Completed([20]byte{2})
		expect("while the disk is full", map[[20]byte]int64{{1}: 2, {2}: 1})
		books.fail(nil)
		time.Sleep(downloadsInterval)
		expect("when there is room", map[[20]byte]int64{{1}: 3, {2}: 2})

		d.Completed([20]byte{3})
		cancel()
		running.Wait()
		expect("at the end", map[[20]byte]int64{{1}: 3, {2}: 2, {3}: 1})
		if log := lines.String(); strings.Count(log, "cannot be recorded") != 1 || strings.Count(log, "recorded again") != 1 {
			t.Errorf("the log says:\n%s", log)
		}
	})
}

func TestTrackerNeeds_CountsDownloads(t *testing.T) {
	t.Parallel()
	var torrents trackedTorrents
	release, m := shelve(t, metafile.Recipe{Name: "debian.iso"})
	torrents.add(release, m)
	stranger := [20]byte{1}
	for name, test := range map[string]struct {
		needs          trackerNeeds
		ours, stranger bool
	}{
		"Listed":    {trackerNeeds{settings: config.Tracker{Access: config.AccessListed}, torrents: &torrents}, true, true},
		"Open":      {trackerNeeds{settings: config.Tracker{Access: config.AccessOpen}, torrents: &torrents}, true, false},
		"OpenAlone": {trackerNeeds{settings: config.Tracker{Access: config.AccessOpen}}, false, false},
	} {
		counts := test.needs.countsDownloads()
		if counts(m.InfoHash) != test.ours || counts(stranger) != test.stranger {
			t.Errorf("%s: of ours %v, of a stranger's %v", name, counts(m.InfoHash), counts(stranger))
		}
	}
}

func TestDownloadedBefore(t *testing.T) {
	t.Parallel()
	got := downloadedBefore(map[[20]byte]int64{{1}: 5, {2}: -1, {3}: 1 << 40})
	if diff := cmp.Diff(map[[20]byte]uint32{{1}: 5, {2}: 0, {3}: math.MaxUint32}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
