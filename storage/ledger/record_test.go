package ledger_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	"github.com/google/go-cmp/cmp"
)

func TestLedger_Record(t *testing.T) {
	t.Parallel()

	t.Run("AddsUpInEveryPeriodAndInTotal", func(t *testing.T) {
		t.Parallel()
		now := at(t, "2026-11-22T12:00:00Z")
		l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: now.now})
		record(t, l, sent(1, family.V6, 1000), sent(1, family.V4, 10), sent(2, family.V6, 500))
		now.Time = now.Add(time.Minute)
		record(t, l, sent(1, family.V6, 2000), sent(1, family.V6, 3000)) // one torrent twice in a flush counts twice

		for _, period := range periods {
			rows := report(t, l, ledger.Query{Period: period, Limit: 1}).Rows
			want := family.Pair[ledger.Traffic]{
				V6: ledger.Traffic{Payload: 6500, Overhead: 65, Received: 130},
				V4: ledger.Traffic{Payload: 10, Overhead: 0, Received: 0},
			}
			if diff := cmp.Diff(want, rows[0].Pair); diff != "" {
				t.Errorf("%s (-want +got):\n%s", period, diff)
			}
		}

		totals, err := l.Totals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := map[[20]byte]family.Pair[ledger.Traffic]{
			{1}: {V6: ledger.Traffic{Payload: 6000, Overhead: 60, Received: 120}, V4: ledger.Traffic{Payload: 10}},
			{2}: {V6: ledger.Traffic{Payload: 500, Overhead: 5, Received: 10}},
		}
		if diff := cmp.Diff(want, totals); diff != "" {
			t.Errorf("totals (-want +got):\n%s", diff)
		}
	})

	t.Run("KeepsTheLastNameKnown", func(t *testing.T) {
		t.Parallel()
		l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
		for _, name := range []string{"old.iso", "new.iso", ""} {
			record(t, l, ledger.Delta{Name: name, Traffic: ledger.Traffic{Payload: 1}})
		}
		torrents := report(t, l, ledger.Query{Torrents: true}).Torrents
		if len(torrents) != 1 || torrents[0].Name != "new.iso" || torrents[0].V4.Payload != 3 {
			t.Errorf("got %+v", torrents)
		}
	})

	t.Run("RefusesNegativeTrafficWhole", func(t *testing.T) {
		t.Parallel()
		l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
		err := l.Record(t.Context(), []ledger.Delta{sent(1, family.V6, 100), sent(2, family.V4, -100)})
		if err == nil || !strings.Contains(err.Error(), `"release-2.iso", ipv4`) {
			t.Errorf("got error %v", err)
		}
		wantNothing(t, l)
	})

	t.Run("FullDiskCountsNothing", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), ledger.FileName)
		l := open(t, path, ledger.Config{})
		if err := l.Exec(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // no less than there are now
			t.Fatal(err)
		}
		var deltas []ledger.Delta
		for n := range 200 {
			deltas = append(deltas, sent(byte(n), family.V6, 100))
		}
		err := l.Record(t.Context(), deltas)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "full") {
			t.Errorf("got error %v", err)
		}
		wantNothing(t, l)

		// A probe would still find room. That the next recording fits is what counts.
		if err := l.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "full") {
			t.Errorf("check: got error %v", err)
		}
		record(t, l, deltas[0])
		if err := l.Check(t.Context()); err != nil {
			t.Errorf("check: got error %v after a recording", err)
		}
	})
}

// wantNothing checks that nothing is counted.
func wantNothing(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	for _, period := range periods {
		if r := report(t, l, ledger.Query{Period: period}); r.Sum.Total != (ledger.Traffic{}) {
			t.Errorf("%s: counted %+v", period, r.Sum)
		}
	}
	if totals, err := l.Totals(t.Context()); err != nil || len(totals) != 0 {
		t.Errorf("totals: got %v, %v", totals, err)
	}
}

func TestLedger_RecordWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		back   time.Duration
		reopen bool
		want   []string
	}{
		"ALittle":             {2 * time.Hour, false, []string{"2026-11-22 12:00 3 0"}},
		"ALittleAfterRestart": {2 * time.Hour, true, []string{"2026-11-22 12:00 3 0"}},
		// The clock was wrong before: two days on, and no bucket of today could be filled until then.
		"ByDays": {48 * time.Hour, false, []string{"2026-11-20 12:00 2 0", "2026-11-22 12:00 1 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ledger.FileName)
			now := at(t, "2026-11-22T12:34:56Z")
			cfg := ledger.Config{Now: now.now}
			l := open(t, path, cfg)
			record(t, l, sent(1, family.V6, 1))
			now.Time = now.Add(-tt.back)
			if tt.reopen {
				l = open(t, path, cfg)
			}
			record(t, l, sent(1, family.V6, 2))

			var got []string
			for _, row := range payloads(report(t, l, ledger.Query{Period: ledger.Hour, Limit: 100})) {
				if !strings.HasSuffix(row, " 0 0") {
					got = append(got, row)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLedger_RecordForgetsWhatHasExpired(t *testing.T) {
	t.Parallel()
	now := at(t, "2015-01-31T12:00:00Z")
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: now.now})
	for range 3 {
		record(t, l, sent(1, family.V6, 1))
		now.Time = now.Add(24 * time.Hour)
	}
	now.Time = at(t, "2026-11-22T12:00:00Z").Time

	// Two of the three old buckets go with the first recording, the last with the second.
	for _, want := range []int64{2, 1} {
		record(t, l, sent(1, family.V4, 1))
		for _, period := range []ledger.Period{ledger.FiveMinutes, ledger.Hour, ledger.Day} {
			got, err := l.Count(t.Context(), fmt.Sprintf("SELECT count(DISTINCT start) FROM traffic_%s", period))
			if err != nil || got != want {
				t.Errorf("%s: %d buckets left, %v; want %d", period, got, err, want)
			}
		}
	}
	months := report(t, l, ledger.Query{From: moment(t, "2015-01")})
	if months.Sum.V6.Payload != 3 || months.Sum.V4.Payload != 2 {
		t.Errorf("months: got %+v", months.Sum)
	}
	if totals, err := l.Totals(t.Context()); err != nil || totals[[20]byte{1}].V6.Payload != 3 {
		t.Errorf("totals: got %v, %v", totals, err)
	}
}
