package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// trackerCommand is `sixseed tracker`: the embedded tracker without the seedbox around it.
type trackerCommand struct {
	configFlags
	logFlags
}

// Help is printed above the flags.
func (*trackerCommand) Help() string {
	return `Runs what [tracker] in the configuration describes until SIGINT or SIGTERM, without a library and without
peers of its own: for a second host. It tracks what tracker.list names or, with tracker.access = "open", everything. The
page, its JSON and the metrics are where [web] has them, swarms and the counts of downloads in the state directory. The
files of info-hashes and the certificate are read again when they change.`
}

func (*trackerCommand) exitCodes() exitCodes {
	return exitCodes{done: "stopped by a signal", failed: "a part of it failed", wrong: "wrong usage or configuration"}
}

// Run runs the tracker until ctx ends.
func (c *trackerCommand) Run(ctx context.Context, s *streams) error {
	settings, err := c.loadTracker()
	if err != nil {
		return err
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // from here on it does not end the process
	defer signal.Stop(hangups)

	d, err := newLoneTracker(ctx, settings, c.logger(s.Err))
	if err != nil {
		return err
	}
	d.reread = func() error {
		settings, err := c.loadTracker()
		if err != nil {
			return err
		}
		d.compare(settings)
		return nil
	}
	return errors.Join(d.run(ctx, hangups), d.close())
}
