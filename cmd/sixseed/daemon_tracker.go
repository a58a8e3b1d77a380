package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// openTracker opens the embedded tracker, if there is to be one.
func (d *daemon) openTracker(ctx context.Context) error {
	d.torrents.setPublish(d.settings.Tracker.Publish)
	if !d.settings.Tracker.IsOn() {
		return nil
	}
	recorded, err := d.ledger.Totals(ctx)
	if err != nil {
		return err
	}
	d.torrents.know(slices.Collect(maps.Keys(recorded)))
	d.tracker, err = openTracker(ctx, trackerNeeds{
		settings: d.settings.Tracker, stateDir: d.settings.StateDir, ledger: d.ledger, torrents: &d.torrents,
		sockets: processors(), log: d.log,
	})
	return err
}

// runTracker runs the embedded tracker, if there is one, until ctx ends.
func (d *daemon) runTracker(ctx context.Context) error {
	if d.tracker == nil {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.torrents.follow(ctx, d.library.Releases) })
	group.Go(func() error { return d.tracker.run(ctx) })
	d.log.Info("tracker runs", "listen", d.settings.Tracker.Listen, "https", d.settings.Tracker.HTTPS.Listen,
		"access", string(d.settings.Tracker.Access))
	if err := group.Wait(); err != nil {
		return fmt.Errorf("run tracker: %w", err)
	}
	return nil
}
