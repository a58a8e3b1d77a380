package main

import (
	"log/slog"
	"slices"
	"testing"

	"sixseed/cmd/sixseed/config"
)

func TestDaemon_ApplyPublishes(t *testing.T) {
	t.Parallel()
	old := config.Default()
	old.Library.Dirs = []string{t.TempDir()}
	d, _ := newApplied(t, slog.New(slog.DiscardHandler), old)
	updated := old
	updated.Tracker.Publish = []string{"udp://tracker.example.org:6969"}
	updated.Tracker.Access = config.AccessOpen
	if err := d.apply(updated); err != nil {
		t.Fatal(err)
	}
	if got := d.torrents.publish.Load(); got == nil || !slices.Equal(*got, updated.Tracker.Publish) {
		t.Errorf("it publishes %v", got)
	}
	applied := d.settings.Tracker
	if !slices.Equal(applied.Publish, updated.Tracker.Publish) || applied.Access != old.Tracker.Access {
		t.Errorf("what counts as applied: %+v", applied)
	}
}

func TestDaemon_RunTracker_WithoutOne(t *testing.T) {
	t.Parallel()
	d := &daemon{settings: config.Default()}
	if err := d.openTracker(t.Context()); err != nil || d.tracker != nil {
		t.Errorf("opened %+v, %v", d.tracker, err)
	}
	if err := d.runTracker(t.Context()); err != nil { // returns at once
		t.Error(err)
	}
}
