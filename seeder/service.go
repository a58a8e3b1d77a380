// Package seeder is the service: it seeds what the library has, has it announced, counts what peers take, and says
// how it is going.
package seeder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sixseed/policy/bandwidth"
	"sixseed/policy/budget"
	"sixseed/policy/family"
	"sixseed/seeder/announce"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
)

const (
	sampleInterval = time.Second
	// DefaultFlushInterval is the most that a crash can cost the ledger.
	DefaultFlushInterval = 10 * time.Second
	ledgerTimeout        = 3 * time.Second // a disk that takes longer is tried again
	stuckAfter           = 30 * time.Second
)

// Catalog is what the service knows of the library.
type Catalog interface {
	// Torrents returns what there is to seed, or could be, without traffic.
	Torrents() []TorrentStatus
	// Problems returns what an admin should look at.
	Problems() []Problem
	// Recheck says that a torrent's data turned out changed.
	Recheck(wire.InfoHash)
}

// Config is what a Service is made of.
type Config struct {
	Version       string
	Engine        *engine.Engine
	Swarm         Swarm
	Accounts      *wire.Accounts
	Announcer     *announce.Announcer
	Recorder      Recorder
	Gate          *bandwidth.Gate // that senders take leave at
	Upload        UploadPolicy
	Slots         int                  // peers that may hold an upload slot at one time; 0: as many as are useful
	Changed       <-chan wire.InfoHash // torrents whose data turned out changed
	FlushInterval time.Duration        // DefaultFlushInterval if zero
	Now           func() time.Time
	Log           *slog.Logger
}

// Torrent is one that the library has whole and verified.
type Torrent struct {
	engine.Torrent
	Name  string
	Tiers [][]string // of trackers (BEP 12)
}

// Service seeds.
type Service struct {
	Config
	started time.Time
	slots   *slots
	uplink  *uplink
	drafts  overdrafts

	mu        sync.Mutex
	catalog   Catalog
	names     map[wire.InfoHash]string // of every torrent ever seeded
	books     accounting
	rates     rates[accountKey]
	peerRates rates[uint64]
	recent    budget.Recent
	bookFail  error     // of the last flush
	lastBeat  time.Time // of the sampling loop
}

// New returns a service that has read from the recorder what earlier runs sent.
func New(ctx context.Context, config Config) (*Service, error) {
	if config.FlushInterval == 0 {
		config.FlushInterval = DefaultFlushInterval
	}
	now := config.Now()
	s := &Service{
		Config:   config,
		started:  now,
		names:    map[wire.InfoHash]string{wire.Unattributed: "(no torrent)"},
		uplink:   newUplink(config.Gate, config.Swarm, config.Upload),
		drafts:   overdrafts{overdraft: newOverdraft(config.Upload.Copies)},
		books:    accounting{accounts: config.Accounts, recorder: config.Recorder},
		lastBeat: now,
	}
	s.slots = newSlots(config.Swarm, s.uplink, config.Slots, config.Now)
	if err := s.books.load(ctx); err != nil {
		return nil, err
	}
	if err := s.readRecent(ctx); err != nil {
		return nil, err
	}
	s.plan(ctx)
	return s, nil
}

// Show names the catalog that Status speaks of. It is called once, before Run.
func (s *Service) Show(catalog Catalog) { s.catalog = catalog }

// Seed starts seeding a torrent and announces it.
func (s *Service) Seed(t Torrent) error {
	s.mu.Lock()
	s.names[t.InfoHash] = t.Name
	s.mu.Unlock()
	if err := s.Engine.Add(t.Torrent); err != nil {
		return fmt.Errorf("seed %s: %w", t.Name, err)
	}
	s.Announcer.Add(announce.Torrent{InfoHash: t.InfoHash, Tiers: t.Tiers})
	return nil
}

// Stop ends the seeding of a torrent and tells its trackers. One that is not seeded is no error.
func (s *Service) Stop(infoHash wire.InfoHash) error {
	s.Announcer.Remove(infoHash)
	return s.Engine.Remove(infoHash)
}

// Run seeds until ctx ends. Then trackers are told, connections closed, and what was sent is recorded.
func (s *Service) Run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.Announcer.Run(running) })
	group.Go(func() error { return s.every(running, sampleInterval, s.sample) })
	group.Go(func() error { return s.every(running, sampleInterval, s.retire) })
	group.Go(func() error { return s.every(running, s.FlushInterval, s.flush) })
	group.Go(func() error { return s.slots.run(running) })
	group.Go(func() error { return s.every(running, planInterval, s.plan) })
	group.Go(func() error { return s.every(running, recentInterval, s.refreshRecent) })
	group.Go(func() error { return s.uplink.run(running, s.Now, s.slots.want) })
	group.Go(func() error { return s.stopChanged(running) })
	err := group.Wait()

	err = errors.Join(err, s.Engine.Close())
	s.noteRecording(s.record(ctx))
	return errors.Join(err, s.recordingError())
}

// every calls do at each interval until ctx ends.
func (s *Service) every(ctx context.Context, interval time.Duration, do func(context.Context)) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			do(ctx)
		}
	}
}

func (s *Service) sample(context.Context) {
	peers := s.Swarm.Peers()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastBeat = s.Now()
	s.rates.add(s.lastBeat, readAccounts(s.Accounts))
	s.peerRates.add(s.lastBeat, readPeers(peers))
	s.drafts.look(peers, s.lastBeat)
}

// retire lets the engine put away the torrents that nobody uses. It is apart from sample, since the engine waits for its
// client.
func (s *Service) retire(context.Context) { s.Engine.Retire(s.Now()) }

// stopChanged takes torrents whose data changed out of service. The library brings them back once they are verified.
func (s *Service) stopChanged(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case infoHash := <-s.Changed:
			if err := s.Stop(infoHash); err != nil {
				s.Log.Warn("data changed while seeded, and closing them did not work", "error", err)
			}
			s.catalog.Recheck(infoHash)
		}
	}
}

// flush records what came since the last time, and reads what the month has come to.
func (s *Service) flush(ctx context.Context) {
	err := s.record(ctx)
	if err == nil {
		err = s.readMonth(ctx)
	}
	s.noteRecording(err)
}

// record records what came since the last time. What cannot be recorded is kept for the next time. The end of ctx does
// not cut it off: stopping is no fault of the ledger's.
func (s *Service) record(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTimeout)
	defer cancel()
	s.mu.Lock()
	deltas := s.books.deltas(func(infoHash wire.InfoHash) string { return s.names[infoHash] })
	s.mu.Unlock()
	if err := s.Recorder.Record(ctx, deltas); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books.settle(deltas)
	return nil
}

// readMonth asks the recorder, which knows when a month ends. It has a time of its own: a slow disk may have needed more
// than record has to spare, and recorded all the same.
func (s *Service) readMonth(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTimeout)
	defer cancel()
	month, err := s.Recorder.Month(ctx)
	if err != nil {
		return fmt.Errorf("read month: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books.month = month
	return nil
}

// noteRecording logs when recording begins to fail and when it works again.
func (s *Service) noteRecording(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil && s.bookFail == nil:
		s.Log.Error("traffic cannot be recorded and is kept in memory", "error", err)
	case err == nil && s.bookFail != nil:
		s.Log.Info("traffic is recorded again")
	}
	s.bookFail = err
}

func (s *Service) recordingError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bookFail != nil {
		return fmt.Errorf("record traffic: %w", s.bookFail)
	}
	return nil
}

// Healthy returns an error if the service hangs.
func (s *Service) Healthy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if silent := s.Now().Sub(s.lastBeat); silent > stuckAfter {
		return fmt.Errorf("the service has not run for %v", silent.Round(time.Second))
	}
	return nil
}

// Ready returns an error if the service does not do all of its work.
func (s *Service) Ready(ctx context.Context) error {
	if s.Engine.Families() == (family.Pair[bool]{}) {
		return errors.New("no listener for peers")
	}
	if err := s.recordingError(); err != nil {
		return err
	}
	if err := s.Recorder.Check(ctx); err != nil {
		return fmt.Errorf("check ledger: %w", err)
	}
	return s.Healthy()
}
