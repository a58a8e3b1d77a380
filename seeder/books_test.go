package seeder_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// books is a recorder in memory that can be made to fail.
type books struct {
	mu      sync.Mutex
	totals  map[wire.InfoHash]family.Pair[wire.Traffic]
	names   map[wire.InfoHash]string
	earlier family.Pair[wire.Traffic] // in this month, before this run
	recent  family.Pair[wire.Traffic] // of late
	over    time.Duration             // that is how long
	fault   error
	slow    func() // what a call of Record waits for
	late    bool   // Record needs more time than it is given, and succeeds
}

func (b *books) Record(ctx context.Context, deltas []seeder.Delta) error {
	if b.slow != nil && len(deltas) > 0 {
		b.slow()
	}
	if b.late && len(deltas) > 0 {
		<-ctx.Done()
	}
	if errors.Is(ctx.Err(), context.Canceled) { // unlike a deadline: the ledger finishes late what it has begun
		return ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fault != nil {
		return b.fault
	}
	for _, d := range deltas {
		pair := b.totals[d.InfoHash]
		*pair.At(d.Family) = pair.Get(d.Family).Plus(d.Traffic)
		b.totals[d.InfoHash] = pair
		b.names[d.InfoHash] = d.Name
	}
	return nil
}

func (b *books) Totals(context.Context) (map[wire.InfoHash]family.Pair[wire.Traffic], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	copied := make(map[wire.InfoHash]family.Pair[wire.Traffic])
	for infoHash, pair := range b.totals {
		copied[infoHash] = pair
	}
	return copied, b.fault
}

func (b *books) Month(ctx context.Context) (family.Pair[wire.Traffic], error) {
	if ctx.Err() != nil {
		return family.Pair[wire.Traffic]{}, ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	month := b.earlier
	for _, pair := range b.totals {
		for _, f := range family.All {
			*month.At(f) = month.Get(f).Plus(pair.Get(f))
		}
	}
	return month, b.fault
}

func (b *books) Recent(context.Context, time.Duration) (family.Pair[wire.Traffic], time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recent, b.over, b.fault
}

func (b *books) Check(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fault
}

// fail makes every call return fault from now on; with nil they work again.
func (b *books) fail(fault error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = fault
}

func (b *books) total(infoHash wire.InfoHash) family.Pair[wire.Traffic] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.totals[infoHash]
}
