package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"sixseed/cmd/sixseed/config"
	"sixseed/seeder"
	"sixseed/storage/ledger"
	"sixseed/web"
)

// loneTracker is everything that `sixseed tracker` runs, put together.
type loneTracker struct {
	log      *slog.Logger
	settings config.Config
	reread   func() error // reads the configuration again

	state   *stateDir
	ledger  *ledger.Ledger
	tracker *embeddedTracker
	web     *web.Server
	pages   []net.Listener
}

// newLoneTracker opens all that the tracker needs: when it returns, every port is bound. On an error everything is
// closed.
func newLoneTracker(ctx context.Context, settings config.Config, log *slog.Logger) (*loneTracker, error) {
	d := &loneTracker{log: log, settings: settings}
	for _, open := range []func(context.Context) error{d.openLedger, d.openTracker, d.openPage} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, d.abandon())
		}
	}
	return d, nil
}

func (d *loneTracker) openLedger(ctx context.Context) error {
	var err error
	if d.state, err = openStateDir(d.settings.StateDir); err != nil {
		return err
	}
	d.ledger, err = ledger.Open(ctx, d.state.join(ledger.FileName), ledgerSettings(d.settings))
	return err
}

func (d *loneTracker) openTracker(ctx context.Context) error {
	var err error
	d.tracker, err = openTracker(ctx, trackerNeeds{
		settings: d.settings.Tracker, stateDir: d.settings.StateDir, ledger: d.ledger, sockets: processors(), log: d.log,
	})
	return err
}

func (d *loneTracker) openPage(ctx context.Context) error {
	var err error
	shown := loneSource{started: time.Now(), tracker: d.tracker, ledger: d.ledger}
	d.web, d.pages, err = openPage(ctx, d.settings.Web, shown, d.log)
	return err
}

// run serves until ctx ends or a part fails, which then ends the others.
func (d *loneTracker) run(ctx context.Context, hangups <-chan os.Signal) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := d.tracker.run(ctx); err != nil {
			return fmt.Errorf("run tracker: %w", err)
		}
		return nil
	})
	group.Go(func() error { return d.web.Serve(ctx, d.pages) })
	group.Go(func() error { return reloadOn(ctx, hangups, d.log, d.reread) })
	group.Go(func() error { return notifier{d.log}.keep(ctx, func() error { return nil }) })
	d.log.Info("tracker runs", "version", version, "listen", d.settings.Tracker.Listen,
		"https", d.settings.Tracker.HTTPS.Listen, "access", string(d.settings.Tracker.Access),
		"state_dir", d.settings.StateDir, "web", d.settings.Web.Listen)
	err := group.Wait()
	d.log.Info("tracker has stopped")
	return err
}

// compare says what of the configuration has changed. None of it is taken over without a restart.
func (d *loneTracker) compare(settings config.Config) {
	_, restart := config.Changes(d.settings, settings)
	d.log.Info("configuration was read again")
	if len(restart) > 0 {
		d.log.Warn("some changes take effect after a restart", "keys", restart)
	}
}

// close closes what run has used. The ledger is the last to go: downloads are recorded until the end.
func (d *loneTracker) close() error { return errors.Join(d.ledger.Close(), d.state.close()) }

// abandon closes a tracker that was never run, as far as it was opened.
func (d *loneTracker) abandon() error {
	errs := []error{closePages(d.pages)}
	if d.tracker != nil {
		errs = append(errs, d.tracker.close())
	}
	if d.ledger != nil {
		errs = append(errs, d.ledger.Close())
	}
	if d.state != nil {
		errs = append(errs, d.state.close())
	}
	return errors.Join(errs...)
}

// loneSource is a tracker alone as the page sees it.
type loneSource struct {
	started time.Time
	tracker *embeddedTracker
	ledger  *ledger.Ledger
}

var _ web.Source = loneSource{}

func (s loneSource) Status() seeder.Status {
	status := seeder.Status{Version: version, Started: s.started, At: time.Now(), TrackerAlone: true}
	s.tracker.addTo(&status)
	return status
}

func (s loneSource) Peers() []seeder.PeerStatus { return nil }

func (s loneSource) Report(ctx context.Context, query ledger.Query) (ledger.Report, error) {
	return s.ledger.Report(ctx, query)
}

func (s loneSource) Healthy(context.Context) error { return nil }

func (s loneSource) Ready(ctx context.Context) error {
	if err := s.ledger.Check(ctx); err != nil {
		return fmt.Errorf("check ledger: %w", err)
	}
	return nil
}
