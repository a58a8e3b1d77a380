package seeder

import (
	"context"
	"fmt"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// Recorder keeps what was sent, for ever. The ledger is one.
type Recorder interface {
	// Record adds all deltas or none.
	Record(context.Context, []Delta) error
	// Totals returns everything ever recorded, by torrent.
	Totals(context.Context) (map[wire.InfoHash]family.Pair[wire.Traffic], error)
	// Month returns what was recorded in the running month.
	Month(context.Context) (family.Pair[wire.Traffic], error)
	// Recent returns what was recorded in the last while, and how much of that while there is a record of.
	Recent(ctx context.Context, over time.Duration) (family.Pair[wire.Traffic], time.Duration, error)
	// Check returns an error while nothing can be recorded.
	Check(context.Context) error
}

// Delta is what one torrent sent and received over one family since it was last recorded.
type Delta struct {
	InfoHash wire.InfoHash
	Name     string
	Family   family.Family
	Traffic  wire.Traffic
}

// accounting moves what the accounts count into the recorder. Both count the same bytes, so a delta is what the
// accounts have beyond what was recorded; one that could not be recorded is simply larger the next time.
type accounting struct {
	accounts *wire.Accounts
	recorder Recorder

	recorded map[wire.InfoHash]family.Pair[wire.Traffic] // since start
	earlier  map[wire.InfoHash]family.Pair[wire.Traffic] // before start
	month    family.Pair[wire.Traffic]                   // recorded in the running month
}

// load reads what earlier runs recorded.
func (a *accounting) load(ctx context.Context) error {
	earlier, err := a.recorder.Totals(ctx)
	if err != nil {
		return fmt.Errorf("read totals: %w", err)
	}
	month, err := a.recorder.Month(ctx)
	if err != nil {
		return fmt.Errorf("read month: %w", err)
	}
	a.earlier, a.month = earlier, month
	a.recorded = make(map[wire.InfoHash]family.Pair[wire.Traffic])
	return nil
}

// deltas returns what is not recorded yet.
func (a *accounting) deltas(name func(wire.InfoHash) string) []Delta {
	var deltas []Delta
	a.accounts.Each(func(infoHash wire.InfoHash, f family.Family, account *wire.Account) {
		traffic := account.Traffic().Minus(a.recorded[infoHash].Get(f))
		if traffic != (wire.Traffic{}) {
			deltas = append(deltas, Delta{infoHash, name(infoHash), f, traffic})
		}
	})
	return deltas
}

// settle notes that deltas were recorded.
func (a *accounting) settle(deltas []Delta) {
	for _, delta := range deltas {
		pair := a.recorded[delta.InfoHash]
		*pair.At(delta.Family) = pair.Get(delta.Family).Plus(delta.Traffic)
		a.recorded[delta.InfoHash] = pair
		*a.month.At(delta.Family) = a.month.Get(delta.Family).Plus(delta.Traffic)
	}
}

// total returns everything a torrent ever sent and received.
func (a *accounting) total(infoHash wire.InfoHash) family.Pair[wire.Traffic] {
	earlier := a.earlier[infoHash]
	return family.Both(func(f family.Family) wire.Traffic {
		return earlier.Get(f).Plus(a.accounts.Of(infoHash, f).Traffic())
	})
}

// sinceStart sums all torrents, and what came without one.
func (a *accounting) sinceStart() family.Pair[wire.Traffic] {
	var sum family.Pair[wire.Traffic]
	a.accounts.Each(func(_ wire.InfoHash, f family.Family, account *wire.Account) {
		*sum.At(f) = sum.Get(f).Plus(account.Traffic())
	})
	return sum
}

// thisMonth is what was recorded in the running month and what is still to be.
func (a *accounting) thisMonth() family.Pair[wire.Traffic] {
	sum := a.month
	for _, delta := range a.deltas(func(wire.InfoHash) string { return "" }) {
		*sum.At(delta.Family) = sum.Get(delta.Family).Plus(delta.Traffic)
	}
	return sum
}
