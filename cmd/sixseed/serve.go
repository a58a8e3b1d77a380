package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"sixseed/storage/library"
)

// serveCommand is `sixseed serve`: the daemon.
type serveCommand struct {
	configFlags
	Library []string `help:"Directory to seed, in place of the file's library.dirs. May be given several times." placeholder:"DIR" sep:"none"`
	logFlags
}

// Help is printed above the flags.
func (*serveCommand) Help() string {
	return `Seeds until SIGINT or SIGTERM; then it tells the trackers, closes connections and records what was sent. A second
signal ends it at once. SIGHUP reads the configuration again.`
}

func (*serveCommand) exitCodes() exitCodes {
	return exitCodes{done: "stopped by a signal", failed: "a part of it failed", wrong: "wrong usage or configuration"}
}

// Run seeds until ctx ends.
func (c *serveCommand) Run(ctx context.Context, s *streams) error {
	settings, err := c.loadWith(c.Library)
	if err != nil {
		return err
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // from here on it does not end the process
	defer signal.Stop(hangups)

	overlapSystemCalls()
	log, progress := c.report(s)
	d, err := newDaemon(ctx, settings, log, progress)
	if err != nil {
		return err
	}
	d.reread = func() error {
		settings, err := c.loadWith(c.Library)
		if err != nil {
			return err
		}
		return d.apply(settings)
	}
	return errors.Join(d.run(ctx, hangups), d.close())
}

// threadsPerProcessor is how many threads run Go for each processor.
const threadsPerProcessor = 4

// overlapSystemCalls has more threads run Go than there are processors, unless the environment says how many. Nearly all
// the work is in system calls of some 20 microseconds that move data to a socket, and meanwhile the runtime lets nobody
// else run in their place. And while all threads are busy, the runtime looks only every 10 milliseconds at what has
// come from the network. Four processors send 8 connections 4.3 GB/s with four threads, and 5.5 with sixteen.
func overlapSystemCalls() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(threadsPerProcessor * runtime.GOMAXPROCS(0))
	}
}

// processors returns how many processors there are, of which overlapSystemCalls may have told the runtime otherwise.
func processors() int {
	if os.Getenv("GOMAXPROCS") != "" {
		return runtime.GOMAXPROCS(0)
	}
	return max(1, runtime.GOMAXPROCS(0)/threadsPerProcessor)
}

// report returns what the daemon writes to: a log, and a bar for hashing if somebody watches the terminal.
func (c *serveCommand) report(s *streams) (*slog.Logger, library.Progress) {
	if s.Terminal && c.LogFormat == "text" {
		bar := newProgressBar(s.Err)
		return c.logger(bar), bar
	}
	log := c.logger(s.Err)
	return log, library.NewLogProgress(log, nil)
}
