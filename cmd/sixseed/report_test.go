package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/ledger"
)

func TestPrintReport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		now        string
		billingDay int
		recorded   map[string]family.Pair[int64] // payload, by time
		query      ledger.Query
	}{
		"report.golden": {
			now: "2026-11-22T12:00:00Z", billingDay: 1,
			recorded: map[string]family.Pair[int64]{
				"2026-08-31T23:59:00Z": {V6: 1_234_567_890_123, V4: 3_210_000_000_000},
				"2026-10-01T00:00:00Z": {V6: 987_654_321_000, V4: 12_000_000},
				"2026-11-20T08:00:00Z": {V6: 421_000_000_000, V4: 579_000_000_000},
			},
		},
		"report-torrents.golden": {
			now: "2026-11-22T12:00:00Z", billingDay: 15,
			recorded: map[string]family.Pair[int64]{
				"2026-11-21T08:00:00Z": {V6: 5_000_000_000_000, V4: 999},
				"2026-11-22T08:00:00Z": {V4: 4_700_000_000},
			},
			query: ledger.Query{Torrents: true, Limit: 1},
		},
		"report-empty.golden": {now: "2026-11-01T00:00:00Z", billingDay: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := printReport(&out, recordedReport(t, tt.now, tt.billingDay, tt.recorded, tt.query)); err != nil {
				t.Fatal(err)
			}
			golden(t, name, out.String())
		})
	}
}

// recordedReport records payload at its times, a torrent for each, and returns the report as of now.
func recordedReport(t *testing.T, now string, billingDay int, recorded map[string]family.Pair[int64], query ledger.Query) ledger.Report {
	t.Helper()
	var clock time.Time
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), ledger.FileName),
		ledger.Config{BillingDay: billingDay, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, at := range slices.Sorted(maps.Keys(recorded)) {
		if clock, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
		var deltas []ledger.Delta
		for _, f := range family.All {
			payload := recorded[at].Get(f)
			deltas = append(deltas, ledger.Delta{
				InfoHash: [20]byte([]byte(at)[:20]), Name: "release of " + at[:10] + "\x1b[2J.iso", Family: f,
				Traffic: ledger.Traffic{Payload: payload, Overhead: payload / 1000, Received: payload / 500},
			})
		}
		if err := l.Record(t.Context(), deltas); err != nil {
			t.Fatal(err)
		}
	}
	if clock, err = time.Parse(time.RFC3339, now); err != nil {
		t.Fatal(err)
	}
	report, err := l.Report(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestReportCommand_Run(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	l, err := ledger.Open(t.Context(), filepath.Join(state, ledger.FileName), ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // open meanwhile, as a daemon has it
	if err := l.Record(t.Context(), []ledger.Delta{{Family: family.V6, Traffic: ledger.Traffic{Payload: 1_230_000}}}); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()

	for name, tt := range map[string]struct {
		args     []string
		code     int
		out, err string // parts of what is printed
	}{
		"Table":         {[]string{"--state", state}, exitDone, "1.23 MB", ""},
		"OneDay":        {[]string{"--state", state, "--period=day", "--from=2000-01-01", "--limit=1"}, exitDone, "1.23 MB", ""},
		"JSON":          {[]string{"--state", state, "--json"}, exitDone, `"payload": 1230000`, ""},
		"NoLedger":      {[]string{"--state", empty}, exitFailed, "", "no ledger at " + filepath.Join(empty, ledger.FileName)},
		"UnknownPeriod": {[]string{"--state", state, "--period=week"}, exitWrong, "", "week"},
		"BadTime":       {[]string{"--state", state, "--from=soon"}, exitWrong, "", `"soon" is no time`},
		"BadLimit":      {[]string{"--state", state, "--limit=-3"}, exitWrong, "", "limit -3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run(append([]string{"report"}, tt.args...), &streams{Out: &out, Err: &errs})
			if code != tt.code || !strings.Contains(out.String(), tt.out) || !strings.Contains(errs.String(), tt.err) {
				t.Errorf("exit code %d, want %d and %q, %q\n%s%s", code, tt.code, tt.out, tt.err, &out, &errs)
			}
		})
	}

	t.Cleanup(func() {
		if files, err := os.ReadDir(empty); err != nil || len(files) > 0 {
			t.Errorf("the report left %v where no ledger was (%v)", files, err)
		}
	})
}

func TestReportCommand_JSONIsTheReport(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	l, err := ledger.Open(t.Context(), filepath.Join(state, ledger.FileName), ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Record(t.Context(), []ledger.Delta{{Family: family.V4, Traffic: ledger.Traffic{Payload: 7}}}), l.Close()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run([]string{"report", "--state", state, "--json"}, &streams{Out: &out, Err: os.Stderr}); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	var got ledger.Report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || got.Period != ledger.Month || len(got.Rows) != 1 || got.Rows[0].V4.Payload != 7 || *got.Rows[0].IPv6Share != 0 {
		t.Errorf("got %+v", got)
	}
}
