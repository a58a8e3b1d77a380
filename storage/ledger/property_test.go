package ledger_test

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever is recorded when, by whatever calendar: no byte is lost or counted twice in any period.
func TestLedger_EveryPeriodAddsUpToWhatWasRecorded(t *testing.T) {
	t.Parallel()
	dir, ledgers := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		location, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Kolkata", "Europe/Berlin", "America/St_Johns"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		// Around a night in which the clocks of both Berlin and St. John's change, and a change of the month.
		now := &clock{time.Unix(rapid.Int64Range(1_792_800_000, 1_793_700_000).Draw(t, "start"), 0)}
		ledgers++
		l, err := ledger.Open(t.Context(), filepath.Join(dir, strconv.Itoa(ledgers)), ledger.Config{
			Zone: location, BillingDay: rapid.IntRange(1, 31).Draw(t, "billing day"), Now: now.now,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()

		var sum family.Pair[ledger.Traffic]
		totals := make(map[[20]byte]family.Pair[ledger.Traffic])
		for _, deltas := range rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawDelta), 0, 4), 1, 6).Draw(t, "flushes") {
			if err := l.Record(t.Context(), deltas); err != nil {
				t.Fatal(err)
			}
			for _, delta := range deltas {
				add(&sum, delta)
				total := totals[delta.InfoHash]
				add(&total, delta)
				totals[delta.InfoHash] = total
			}
			now.Time = now.Add(time.Duration(rapid.Int64Range(-4000, 40_000).Draw(t, "seconds")) * time.Second)
		}

		for _, period := range periods {
			r, err := l.Report(t.Context(), ledger.Query{Period: period, Limit: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			var rows family.Pair[ledger.Traffic]
			for i, row := range r.Rows {
				for _, f := range family.All {
					add(&rows, ledger.Delta{Family: f, Traffic: row.Get(f)})
				}
				if i > 0 && !row.Start.Equal(r.Rows[i-1].End) {
					t.Fatalf("%s: %v is followed by %v", period, r.Rows[i-1].End, row.Start)
				}
			}
			if diff := cmp.Diff(sum, rows); diff != "" {
				t.Fatalf("%s (-recorded +reported):\n%s", period, diff)
			}
			if diff := cmp.Diff(sum, r.Sum.Pair); diff != "" {
				t.Fatalf("sum of %s (-recorded +reported):\n%s", period, diff)
			}
		}
		got, err := l.Totals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(totals, got); diff != "" {
			t.Fatalf("totals (-recorded +reported):\n%s", diff)
		}
	})
}

func drawDelta(t *rapid.T) ledger.Delta {
	bytes := rapid.Int64Range(0, 1<<40)
	return ledger.Delta{
		InfoHash: [20]byte{rapid.Byte().Draw(t, "torrent") % 3},
		Family:   rapid.SampledFrom(family.All[:]).Draw(t, "family"),
		Traffic:  ledger.Traffic{Payload: bytes.Draw(t, "payload"), Overhead: bytes.Draw(t, "overhead"), Received: bytes.Draw(t, "received")},
	}
}

func add(sum *family.Pair[ledger.Traffic], delta ledger.Delta) {
	t := sum.At(delta.Family)
	t.Payload += delta.Payload
	t.Overhead += delta.Overhead
	t.Received += delta.Received
}
