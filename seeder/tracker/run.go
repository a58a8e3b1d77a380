package tracker

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// Server speaks a protocol and hands what it hears to a Tracker.
type Server interface {
	// Run serves until ctx ends, and then returns nil when nothing is under way any more.
	Run(ctx context.Context) error
}

const (
	tickInterval     = time.Second
	refreshInterval  = 10 * time.Second
	snapshotInterval = 5 * time.Minute
	// sweepTime is how long the sweep takes to come round all shards.
	sweepTime = 2 * time.Minute
)

// Run runs the servers and what the tracker has to do meanwhile: to forget who does not announce any more, to look
// whether the lists have changed, and to write snapshots, the last one when ctx has ended and the servers have. A server
// that fails ends them all. It can be called once.
func (t *Tracker) Run(ctx context.Context, servers ...Server) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, server := range servers {
		group.Go(func() error { return server.Run(ctx) })
	}
	group.Go(func() error { return t.keep(ctx) })
	if t.prober != nil {
		group.Go(func() error { return t.prober.run(ctx, t.believe) })
	}
	err := group.Wait()
	t.save()
	return err
}

// keep does what is to be done from time to time.
func (t *Tracker) keep(ctx context.Context) error {
	tick := time.NewTicker(tickInterval)
	defer tick.Stop()
	refresh := time.NewTicker(refreshInterval)
	defer refresh.Stop()
	snapshot := time.NewTicker(snapshotInterval)
	defer snapshot.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			t.tick(t.config.Now())
		case <-refresh.C:
			t.refresh(t.listed)
			t.refresh(t.deny)
		case <-snapshot.C:
			t.save()
		}
	}
}

// tick moves the clock on and sweeps the shards whose turn it is.
func (t *Tracker) tick(now time.Time) {
	t.clock.advance(now)
	shards := t.store.Shards()
	for range 1 + shards/int(sweepTime/tickInterval) {
		t.store.Sweep(t.clock.minute(), t.nextShard)
		t.nextShard = (t.nextShard + 1) % shards
	}
}

func (t *Tracker) refresh(l *list) {
	switch changed, err := l.refresh(); {
	case err != nil:
		t.config.Log.Warn("list stays as it was", slog.Any("error", err))
	case changed:
		t.config.Log.Info("list read", slog.String("path", l.path), slog.Int("info_hashes", len(*l.set.Load())))
	}
}
