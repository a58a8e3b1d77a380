package seeder

import (
	"context"
	"fmt"
	"time"

	"sixseed/policy/budget"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

const (
	planInterval = time.Second
	// recentOver is the time that forecasts go by, and recentInterval how often it is looked at anew.
	recentOver     = 7 * 24 * time.Hour
	recentInterval = 10 * time.Minute
)

// SetUpload changes what may be sent, at once. No peer is dropped for it.
func (s *Service) SetUpload(policy UploadPolicy) {
	s.uplink.set(policy)
	s.drafts.set(policy.Copies)
	s.plan(context.Background())
}

// plan asks what may be sent now, with what the ledger has and what is still to be recorded.
func (s *Service) plan(context.Context) {
	s.mu.Lock()
	used, recent := bytesOf(s.books.thisMonth()), s.recent
	s.mu.Unlock()
	s.uplink.plan(s.Now(), used, recent)
}

// readRecent asks the recorder what was sent of late.
func (s *Service) readRecent(ctx context.Context) error {
	traffic, over, err := s.Recorder.Recent(ctx, recentOver)
	if err != nil {
		return fmt.Errorf("read recent traffic: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = budget.Recent{Bytes: bytesOf(traffic), Over: over}
	return nil
}

// refreshRecent does so from time to time. If it does not work, forecasts go by older figures.
func (s *Service) refreshRecent(ctx context.Context) {
	if err := s.readRecent(ctx); err != nil && ctx.Err() == nil {
		s.Log.Warn("forecasts go by older figures", "error", err)
	}
}

// bytesOf is what quotas count: all that was sent.
func bytesOf(traffic family.Pair[wire.Traffic]) family.Pair[int64] {
	return family.Both(func(f family.Family) int64 { return traffic.Get(f).Payload + traffic.Get(f).Overhead })
}
