package main

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/storage/content"
	"sixseed/storage/ledger"
	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// recorder is the ledger as the seeder sees it.
type recorder struct{ *ledger.Ledger }

var _ seeder.Recorder = recorder{}

func (r recorder) Record(ctx context.Context, deltas []seeder.Delta) error {
	records := make([]ledger.Delta, len(deltas))
	for i, d := range deltas {
		records[i] = ledger.Delta{
			InfoHash: d.InfoHash, Name: d.Name, Family: d.Family, Traffic: ledger.Traffic(d.Traffic),
		}
	}
	return r.Ledger.Record(ctx, records)
}

func (r recorder) Totals(ctx context.Context) (map[wire.InfoHash]family.Pair[wire.Traffic], error) {
	records, err := r.Ledger.Totals(ctx)
	totals := make(map[wire.InfoHash]family.Pair[wire.Traffic], len(records))
	for infoHash, pair := range records {
		totals[infoHash] = traffic(pair)
	}
	return totals, err
}

func (r recorder) Month(ctx context.Context) (family.Pair[wire.Traffic], error) {
	month, err := r.Ledger.Month(ctx)
	return traffic(month), err
}

func (r recorder) Recent(ctx context.Context, over time.Duration) (family.Pair[wire.Traffic], time.Duration, error) {
	recent, covered, err := r.Ledger.Recent(ctx, over)
	return traffic(recent), covered, err
}

func traffic(pair family.Pair[ledger.Traffic]) family.Pair[wire.Traffic] {
	return family.Both(func(f family.Family) wire.Traffic { return wire.Traffic(pair.Get(f)) })
}

// gate is where senders take leave to send, as the wire sees it.
type gate struct{ *bandwidth.Gate }

var _ wire.Gate = gate{}

func (g gate) Join(f family.Family, addr netip.Addr) wire.Share { return g.Gate.Join(f, addr) }

// catalog is the library as the seeder sees it.
type catalog struct{ *library.Library }

var _ seeder.Catalog = catalog{}

func (c catalog) Torrents() []seeder.TorrentStatus {
	releases := c.Releases()
	torrents := make([]seeder.TorrentStatus, len(releases))
	for i, r := range releases {
		torrents[i] = seeder.TorrentStatus{
			InfoHash: infoHashText(r.InfoHash), Name: r.Name, Size: r.Size,
			State: string(r.State), Problem: r.Problem, Checked: r.Checked,
		}
	}
	return torrents
}

// infoHashText is empty for a release that has no .torrent yet.
func infoHashText(infoHash wire.InfoHash) string {
	if infoHash == (wire.InfoHash{}) {
		return ""
	}
	return hex.EncodeToString(infoHash[:])
}

func (c catalog) Problems() []seeder.Problem {
	found := c.Library.Problems()
	problems := make([]seeder.Problem, len(found))
	for i, p := range found {
		problems[i] = seeder.Problem(p)
	}
	return problems
}

func (c catalog) Recheck(infoHash wire.InfoHash) {
	for _, r := range c.Releases() {
		if r.InfoHash == infoHash {
			c.Refresh(r.DataPath)
		}
	}
}

// sink hands the library's releases to the seeder.
type sink struct {
	service *seeder.Service
	files   *content.Pool
	tracked *trackedTorrents
	log     *slog.Logger
}

var _ library.Sink = sink{}

func (s sink) Available(r library.Release, m *metafile.Metafile, layout content.Layout, stamps []content.Stamp) {
	s.tracked.add(r, m) // before it is announced: to our own tracker, too
	err := s.service.Seed(seeder.Torrent{
		Torrent: engine.Torrent{
			InfoHash: m.InfoHash,
			Info:     infoAt(r.MetafilePath),
			Data:     content.Open(layout, stamps, s.files),
		},
		Name:  m.Name,
		Tiers: m.Tiers,
	})
	if err != nil {
		s.tracked.remove(m.InfoHash)
		s.log.Error("release is not seeded", "name", m.Name, "error", err)
		return
	}
	s.log.Info("release is seeded", "name", m.Name, "info_hash", infoHashText(m.InfoHash))
}

// infoAt reads the info dictionary of the .torrent at path. It holds on to the path alone.
func infoAt(path string) func() ([]byte, error) {
	return func() ([]byte, error) {
		m, err := metafile.Load(path)
		if err != nil {
			return nil, err
		}
		return m.InfoBytes, nil
	}
}

func (s sink) Gone(infoHash wire.InfoHash) {
	s.tracked.remove(infoHash)
	if err := s.service.Stop(infoHash); err != nil {
		s.log.Warn("release is not seeded any more, but closing it did not work", "info_hash", infoHashText(infoHash), "error", err)
	}
}

// source is the daemon as the page sees it.
type source struct {
	*seeder.Service
	ledger  *ledger.Ledger
	tracker *embeddedTracker // nil if there is none
}

// Status returns what the service does, and the tracker.
func (s source) Status() seeder.Status {
	status := s.Service.Status()
	s.tracker.addTo(&status)
	return status
}

func (s source) Report(ctx context.Context, query ledger.Query) (ledger.Report, error) {
	return s.ledger.Report(ctx, query)
}

func (s source) Healthy(context.Context) error { return s.Service.Healthy() }
