package main

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

const (
	downloadsInterval = 10 * time.Second
	downloadsTimeout  = 3 * time.Second // a disk that takes longer is tried again
)

// downloadLedger keeps how often torrents were downloaded.
type downloadLedger interface {
	// AddDownloads adds to what is kept. On an error none of it is counted.
	AddDownloads(ctx context.Context, completed map[[20]byte]int64) error
}

// downloads gathers the downloads that the tracker is told of, for the ledger.
type downloads struct {
	ledger  downloadLedger
	counts  func(swarm.InfoHash) bool // whether those of a torrent are kept
	log     *slog.Logger
	mu      sync.Mutex
	pending map[[20]byte]int64
	failing bool
}

var _ tracker.Downloads = (*downloads)(nil)

func newDownloads(ledger downloadLedger, counts func(swarm.InfoHash) bool, log *slog.Logger) *downloads {
	return &downloads{ledger: ledger, counts: counts, log: log, pending: map[[20]byte]int64{}}
}

// Completed implements tracker.Downloads.
func (d *downloads) Completed(infoHash swarm.InfoHash) {
	if !d.counts(infoHash) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending[infoHash]++
}

// run hands what was gathered to the ledger from time to time until ctx ends, and once more then.
func (d *downloads) run(ctx context.Context) {
	tick := time.NewTicker(downloadsInterval)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		d.flush(ctx)
	}
}

// flush records what is pending. What cannot be recorded stays so. The end of ctx does not cut it off.
func (d *downloads) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), downloadsTimeout)
	defer cancel()
	d.mu.Lock()
	completed := d.pending
	d.pending = map[[20]byte]int64{}
	d.mu.Unlock()
	err := d.ledger.AddDownloads(ctx, completed)
	if err != nil {
		d.mu.Lock()
		for infoHash, count := range completed {
			d.pending[infoHash] += count
		}
		d.mu.Unlock()
	}
	d.note(err)
}

// note logs when recording begins to fail and when it works again.
func (d *downloads) note(err error) {
	switch {
	case err != nil && !d.failing:
		d.log.Error("downloads cannot be recorded and are kept in memory", "error", err)
	case err == nil && d.failing:
		d.log.Info("downloads are recorded again")
	}
	d.failing = err != nil
}

// downloadedBefore turns the ledger's counts into those that a tracker takes.
func downloadedBefore(recorded map[[20]byte]int64) map[swarm.InfoHash]uint32 {
	counts := make(map[swarm.InfoHash]uint32, len(recorded))
	for infoHash, count := range recorded {
		counts[infoHash] = uint32(min(max(count, 0), math.MaxUint32))
	}
	return counts
}
