package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sixseed/cmd/sixseed/config"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/udptracker"
	"sixseed/storage/ledger"
)

// embeddedTracker is the tracker with its servers, put together.
type embeddedTracker struct {
	tracker   *tracker.Tracker
	http      *httptracker.Server
	udp       *udptracker.Server
	downloads *downloads
}

// trackerNeeds are what an embedded tracker is made of.
type trackerNeeds struct {
	settings config.Tracker
	stateDir string
	ledger   *ledger.Ledger
	torrents *trackedTorrents // of the library; nil: there is none
	sockets  int              // for UDP at each address
	log      *slog.Logger
}

// openTracker opens a tracker: when it returns, every port is bound.
func openTracker(ctx context.Context, needs trackerNeeds) (*embeddedTracker, error) {
	recorded, err := needs.ledger.Downloads(ctx)
	if err != nil {
		return nil, err
	}
	t := &embeddedTracker{downloads: newDownloads(needs.ledger, needs.countsDownloads(), needs.log)}
	settings := trackerSettings(needs)
	settings.Downloads, settings.Downloaded = t.downloads, downloadedBefore(recorded)
	if t.tracker, err = tracker.New(settings); err != nil {
		return nil, fmt.Errorf("open tracker: %w", err)
	}
	if err := t.listen(ctx, needs); err != nil {
		return nil, fmt.Errorf("open tracker: %w", err)
	}
	return t, nil
}

func (t *embeddedTracker) listen(ctx context.Context, needs trackerNeeds) error {
	var err error
	t.http, err = httptracker.Open(ctx, httpSettings(needs), t.tracker)
	if err != nil {
		return err
	}
	t.udp, err = udptracker.Open(ctx, udptracker.Config{Listen: needs.settings.Listen, Sockets: needs.sockets}, t.tracker)
	if err != nil {
		return errors.Join(err, t.http.Close())
	}
	return nil
}

// run serves until ctx ends or a server fails. Downloads are gathered until no server can report one any more.
func (t *embeddedTracker) run(ctx context.Context) error {
	gathering, stop := context.WithCancel(context.WithoutCancel(ctx))
	var gathered sync.WaitGroup
	gathered.Go(func() { t.downloads.run(gathering) })
	err := t.tracker.Run(ctx, t.http, t.udp)
	stop()
	gathered.Wait()
	return err
}

// close closes a tracker that was never run.
func (t *embeddedTracker) close() error { return errors.Join(t.http.Close(), t.udp.Close()) }

// countsDownloads says of which torrents downloads are kept. Where everything is tracked, strangers could name
// info-hashes without end: there it is only those of the library.
func (n trackerNeeds) countsDownloads() func(swarm.InfoHash) bool {
	if n.settings.Access == config.AccessOpen {
		return n.ofLibrary()
	}
	return func(swarm.InfoHash) bool { return true }
}

// ofLibrary says which torrents are the library's.
func (n trackerNeeds) ofLibrary() func(swarm.InfoHash) bool {
	if n.torrents == nil {
		return func(swarm.InfoHash) bool { return false }
	}
	return n.torrents.has
}

func trackerSettings(needs trackerNeeds) tracker.Config {
	settings := needs.settings
	access := map[config.Access]tracker.Access{config.AccessListed: tracker.Listed, config.AccessOpen: tracker.Open}
	claims := tracker.IgnoreClaims
	if settings.Probe {
		claims = tracker.ProbeClaims
	}
	return tracker.Config{
		Access:       access[settings.Access],
		Listed:       needs.ofLibrary(),
		ListFile:     settings.List,
		DenyFile:     settings.Deny,
		Limits:       trackerLimits(settings.Limits),
		AllowPrivate: settings.PrivateAddresses,
		IPv6Param:    claims,
		Interval:     time.Duration(settings.Interval),
		StateDir:     needs.stateDir,
		Log:          needs.log,
	}
}

func trackerLimits(limits config.TrackerLimits) tracker.Limits {
	perMinute := func(announces int) tracker.Rate {
		return tracker.Rate{PerSecond: float64(announces) / 60, Burst: 4 * announces} // as tracker.limits says
	}
	return tracker.Limits{
		Limits: swarm.Limits{
			PerNet64: limits.PeersPer64, PerNet48: limits.PeersPer48, PerAddress4: limits.PeersPerIPv4,
			PerSwarm: limits.PeersPerSwarm, Swarms: limits.Swarms,
		},
		RateNet64:    perMinute(limits.AnnouncesPer64),
		RateNet48:    perMinute(limits.AnnouncesPer48),
		RateAddress4: perMinute(limits.AnnouncesPerIPv4),
	}
}

func httpSettings(needs trackerNeeds) httptracker.Config {
	settings := httptracker.Config{
		Listen: needs.settings.Listen, HTTPS: needs.settings.HTTPS.Listen,
		Certificate: needs.settings.HTTPS.Certificate, Key: needs.settings.HTTPS.Key,
		Trusted: needs.settings.TrustedProxies, Log: needs.log,
	}
	if needs.torrents != nil { // a nil pointer would not be a nil interface
		settings.Torrents = needs.torrents
	}
	return settings
}
