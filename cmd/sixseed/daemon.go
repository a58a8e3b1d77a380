package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/announce"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/storage/content"
	"sixseed/storage/ledger"
	"sixseed/storage/library"
	"sixseed/web"
)

const (
	openFiles   = 512             // of the library, at one time
	changesKept = 1024            // torrents that wait to be taken out of service because their data changed
	stopTimeout = 4 * time.Second // for telling trackers; the whole stop has 10 s
)

// daemon is everything that `sixseed serve` runs, put together.
type daemon struct {
	log      *slog.Logger
	settings config.Config
	reread   func() error // reads the configuration again and applies it

	identity identity
	accounts *wire.Accounts
	changed  chan wire.InfoHash // torrents whose data turned out changed

	state    *stateDir
	ledger   *ledger.Ledger
	gate     *bandwidth.Gate
	endpoint *wire.Endpoint
	engine   *engine.Engine
	service  *seeder.Service
	library  *library.Library
	web      *web.Server
	pages    []net.Listener

	torrents trackedTorrents  // of the library, for the tracker
	tracker  *embeddedTracker // nil if there is none
}

// newDaemon opens all that the daemon needs: when it returns, every port is bound. On an error everything is closed.
func newDaemon(ctx context.Context, settings config.Config, log *slog.Logger, progress library.Progress) (*daemon, error) {
	d := &daemon{
		log: log, settings: settings, identity: newIdentity(),
		accounts: wire.NewAccounts(), changed: make(chan wire.InfoHash, changesKept),
	}
	openLibrary := func(context.Context) error { return d.openLibrary(progress) }
	for _, open := range []func(context.Context) error{
		d.openLedger, d.openPeers, d.openService, openLibrary, d.openTracker, d.openPage,
	} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, d.abandon())
		}
	}
	return d, nil
}

func (d *daemon) openLedger(ctx context.Context) error {
	var err error
	if d.state, err = openStateDir(d.settings.StateDir); err != nil {
		return err
	}
	d.ledger, err = ledger.Open(ctx, d.state.join(ledger.FileName), ledgerSettings(d.settings))
	return err
}

func ledgerSettings(settings config.Config) ledger.Config {
	return ledger.Config{Zone: settings.Ledger.TimeZone.Location, BillingDay: settings.Ledger.BillingDay}
}

// openPeers opens the ports for peers, and the engine behind them.
func (d *daemon) openPeers(ctx context.Context) error {
	var err error
	d.engine, err = engine.New(engine.Config{
		PeerID:     d.identity.peerID,
		ClientName: d.identity.client,
		PEX:        d.settings.Peers.PEX,
		Log:        d.log,
		Changed:    d.dataChanged,
	})
	if err != nil {
		return err
	}
	d.gate = bandwidth.New(bandwidth.None()) // the service sets its limits
	d.endpoint = wire.NewEndpoint(wire.Config{
		Gate:     gate{d.gate},
		Torrents: d.engine,
		Accounts: d.accounts,
		Settings: wireSettings(d.settings),
		Now:      time.Now,
		Log:      d.log,
	})
	return d.listen(ctx)
}

// dataChanged passes on that a torrent's data turned out changed. If there is no room for that, the next read of them
// says it again.
func (d *daemon) dataChanged(infoHash wire.InfoHash) {
	select {
	case d.changed <- infoHash:
	default:
	}
}

// openService makes the service of what was opened before.
func (d *daemon) openService(ctx context.Context) error {
	announcer, err := announce.New(announce.Config{
		PeerID:      d.identity.peerID,
		UserAgent:   d.identity.client,
		Port:        d.settings.Peers.Port,
		Families:    d.engine.Families(),
		Uploaded:    d.uploaded,
		Peers:       d.engine.AddPeers,
		StopTimeout: stopTimeout,
		Log:         d.log,
	})
	if err != nil {
		return err
	}
	d.service, err = seeder.New(ctx, seeder.Config{
		Version:   version,
		Engine:    d.engine,
		Swarm:     seeder.SwarmOf(d.endpoint),
		Accounts:  d.accounts,
		Announcer: announcer,
		Recorder:  recorder{d.ledger},
		Gate:      d.gate,
		Upload:    uploadPolicy(d.settings),
		Slots:     int(d.settings.Policy.UploadSlots),
		Changed:   d.changed,
		Now:       time.Now,
		Log:       d.log,
	})
	return err
}

// uploaded is what trackers are told: the payload of this run, over both families.
func (d *daemon) uploaded(infoHash wire.InfoHash) (bytes int64) {
	for _, f := range family.All {
		bytes += d.accounts.Of(infoHash, f).Traffic().Payload
	}
	return bytes
}

// listen opens the port for peers on both families. A machine that has only one of them serves that one.
func (d *daemon) listen(ctx context.Context) error {
	var listeners []*wire.Listener
	var dialers []*wire.Dialer
	for _, f := range family.All {
		listener, err := d.endpoint.Listen(ctx, f, d.settings.Peers.Port)
		if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL) {
			d.log.Warn("this machine does not have the address family", "family", f, "error", err)
			continue
		} else if err != nil {
			for _, open := range listeners {
				open.Release()
			}
			return err
		}
		listeners = append(listeners, listener)
		dialers = append(dialers, d.endpoint.Dialer(f))
	}
	d.engine.Connect(listeners, dialers)
	return nil
}

func (d *daemon) openLibrary(progress library.Progress) error {
	var err error
	d.library, err = library.New(library.Config{
		Settings:      librarySettings(d.settings),
		TorrentsDir:   d.state.join("torrents"),
		CreatedBy:     d.identity.client,
		Verifications: d.ledger,
		Sink:          sink{d.service, content.NewPool(openFiles), &d.torrents, d.log},
		Log:           d.log,
		Progress:      progress,
	})
	if err == nil {
		d.service.Show(catalog{d.library})
	}
	return err
}

func (d *daemon) openPage(ctx context.Context) error {
	var err error
	d.web, d.pages, err = openPage(ctx, d.settings.Web, source{d.service, d.ledger, d.tracker}, d.log)
	return err
}

// run serves until ctx ends or a part fails, which then ends the others.
func (d *daemon) run(ctx context.Context, hangups <-chan os.Signal) error {
	group, running := errgroup.WithContext(ctx)
	tracking, stopTracking := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer stopTracking() // not before the service has told its trackers, of which ours may be one
		return d.service.Run(running)
	})
	group.Go(func() error { return d.runTracker(tracking) })
	group.Go(func() error { return d.library.Run(running) })
	group.Go(func() error { return d.web.Serve(running, d.pages) })
	group.Go(func() error { return d.reloadOn(running, hangups) })
	group.Go(func() error { return d.keepNotified(running) })
	d.log.Info("sixseed serves", "version", version, "port", d.settings.Peers.Port,
		"library", d.settings.Library.Dirs, "state_dir", d.settings.StateDir, "web", d.settings.Web.Listen)
	err := group.Wait()
	d.endpoint.Wait()
	d.log.Info("sixseed has stopped")
	return err
}

// close closes what run has used. The ledger is the last to go: the service records until its end.
func (d *daemon) close() error { return errors.Join(d.ledger.Close(), d.state.close()) }

// abandon closes a daemon that was never run, as far as it was opened.
func (d *daemon) abandon() error {
	var errs []error
	if d.engine != nil {
		errs = append(errs, d.engine.Close())
	}
	if d.endpoint != nil {
		d.endpoint.Wait()
	}
	if d.tracker != nil {
		errs = append(errs, d.tracker.close())
	}
	errs = append(errs, closePages(d.pages))
	if d.ledger != nil {
		errs = append(errs, d.ledger.Close())
	}
	if d.state != nil {
		errs = append(errs, d.state.close())
	}
	return errors.Join(errs...)
}
