package ledger_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func TestLedger_Report(t *testing.T) {
	t.Parallel()
	type flush struct {
		at     string
		v6, v4 int64
	}
	for name, tt := range map[string]struct {
		zone       string
		billingDay int
		flushes    []flush
		now        string
		from, to   string
		query      ledger.Query
		want       []string // label, IPv6, IPv4
	}{
		"NothingRecorded": {now: "2026-11-22T12:00:00Z", want: []string{"2026-11 0 0"}},
		"MonthsWithoutTrafficAreRows": {
			flushes: []flush{{"2026-07-01T00:00:00Z", 1, 2}, {"2026-10-31T23:59:59Z", 3, 4}}, now: "2026-11-22T12:00:00Z",
			want: []string{"2026-07 1 2", "2026-08 0 0", "2026-09 0 0", "2026-10 3 4", "2026-11 0 0"},
		},
		"TwelveMonthsByDefault": {
			flushes: []flush{{"2020-01-01T00:00:00Z", 1, 2}, {"2025-12-31T23:59:59Z", 3, 4}}, now: "2026-11-22T12:00:00Z",
			want: []string{
				"2025-12 3 4", "2026-01 0 0", "2026-02 0 0", "2026-03 0 0", "2026-04 0 0", "2026-05 0 0", "2026-06 0 0",
				"2026-07 0 0", "2026-08 0 0", "2026-09 0 0", "2026-10 0 0", "2026-11 0 0",
			},
		},
		"NewestOfALimit": {
			flushes: []flush{{"2026-11-20T12:00:00Z", 1, 2}, {"2026-11-21T12:00:00Z", 3, 4}}, now: "2026-11-22T12:00:00Z",
			query: ledger.Query{Period: ledger.Day, Limit: 2},
			want:  []string{"2026-11-21 3 4", "2026-11-22 0 0"},
		},
		"FromMonthToMonth": {
			flushes: []flush{{"2026-01-01T00:00:00Z", 1, 2}, {"2026-02-01T00:00:00Z", 3, 4}, {"2026-04-30T00:00:00Z", 5, 6}, {"2026-05-01T00:00:00Z", 7, 8}},
			now:     "2026-11-22T12:00:00Z", from: "2026-02", to: "2026-04",
			want: []string{"2026-02 3 4", "2026-03 0 0", "2026-04 5 6"},
		},
		"FromWithinAPeriodTakesAllOfIt": {
			flushes: []flush{{"2026-02-01T00:00:00Z", 3, 4}}, now: "2026-03-22T12:00:00Z", from: "2026-02-15",
			want: []string{"2026-02 3 4", "2026-03 0 0"},
		},
		"FromToInstants": {
			flushes: []flush{{"2026-11-22T10:59:00Z", 1, 2}, {"2026-11-22T11:00:00Z", 3, 4}, {"2026-11-22T12:00:00Z", 5, 6}},
			now:     "2026-11-22T12:01:00Z", from: "2026-11-22T12:00:00+01:00", to: "2026-11-22T12:00:00Z",
			query: ledger.Query{Period: ledger.Hour},
			want:  []string{"2026-11-22 11:00 3 4"},
		},
		"NothingInTheTimeAsked": {
			flushes: []flush{{"2026-11-22T12:00:00Z", 1, 2}}, now: "2026-11-22T12:00:00Z", to: "2026-10",
		},
		"FiveMinutes": {
			flushes: []flush{{"2026-11-22T12:04:59Z", 1, 2}, {"2026-11-22T12:05:00Z", 3, 4}}, now: "2026-11-22T12:10:00Z",
			query: ledger.Query{Period: ledger.FiveMinutes},
			want:  []string{"2026-11-22 12:00 1 2", "2026-11-22 12:05 3 4", "2026-11-22 12:10 0 0"},
		},
		"DayOf25Hours": {
			zone:    "Europe/Berlin",
			flushes: []flush{{"2026-10-24T22:00:00Z", 1, 2}, {"2026-10-25T22:59:59Z", 3, 4}, {"2026-10-25T23:00:00Z", 5, 6}},
			now:     "2026-10-26T12:00:00Z",
			query:   ledger.Query{Period: ledger.Day},
			want:    []string{"2026-10-25 4 6", "2026-10-26 5 6"},
		},
		"TwoHoursOfOneName": {
			zone:    "Europe/Berlin",
			flushes: []flush{{"2026-10-25T00:30:00Z", 1, 2}, {"2026-10-25T01:30:00Z", 3, 4}}, now: "2026-10-25T01:45:00Z",
			query: ledger.Query{Period: ledger.Hour},
			want:  []string{"2026-10-25 02:00 1 2", "2026-10-25 02:00 3 4"},
		},
		"BilledFromThe15th": {
			billingDay: 15,
			flushes:    []flush{{"2026-10-14T23:59:59Z", 1, 2}, {"2026-10-15T00:00:00Z", 3, 4}, {"2026-11-14T23:59:59Z", 5, 6}},
			now:        "2026-11-15T00:00:00Z",
			want:       []string{"2026-09 1 2", "2026-10 8 10", "2026-11 0 0"},
		},
		"BilledMonthAskedForByName": {
			billingDay: 15,
			flushes:    []flush{{"2026-10-14T23:59:59Z", 1, 2}, {"2026-10-15T00:00:00Z", 3, 4}, {"2026-11-14T23:59:59Z", 5, 6}},
			now:        "2026-11-16T00:00:00Z", from: "2026-10", to: "2026-10",
			query: ledger.Query{Period: ledger.Hour, Limit: 1},
			want:  []string{"2026-11-14 23:00 5 6"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := &clock{}
			l := open(t, filepath.Join(t.TempDir(), ledger.FileName),
				ledger.Config{Zone: zone(t, tt.zone), BillingDay: tt.billingDay, Now: now.now})
			for _, flush := range tt.flushes {
				now.Time = at(t, flush.at).Time
				record(t, l, sent(1, family.V6, flush.v6), sent(1, family.V4, flush.v4))
			}
			now.Time = at(t, tt.now).Time
			tt.query.From, tt.query.To = moment(t, tt.from), moment(t, tt.to)
			if diff := cmp.Diff(tt.want, payloads(report(t, l, tt.query))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLedger_ReportAfterTheCalendarChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	now := at(t, "2026-08-20T12:00:00Z")
	before := open(t, path, ledger.Config{Now: now.now})
	record(t, before, sent(1, family.V6, 1))
	now.Time = at(t, "2026-09-20T12:00:00Z").Time
	record(t, before, sent(1, family.V6, 2))

	after := open(t, path, ledger.Config{Now: now.now, BillingDay: 10})
	record(t, after, sent(1, family.V6, 4))
	now.Time = at(t, "2026-11-22T12:00:00Z").Time
	want := []string{"2026-08 1 0", "2026-09 2 0", "2026-09 4 0", "2026-10 0 0", "2026-11 0 0"}
	if diff := cmp.Diff(want, payloads(report(t, after, ledger.Query{}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLedger_ReportRefuses(t *testing.T) {
	t.Parallel()
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
	for name, tt := range map[string]struct {
		query ledger.Query
		want  string
	}{
		"UnknownPeriod":         {ledger.Query{Period: "week"}, `"week" is no period: use month, day, hour or 5min`},
		"NegativeLimit":         {ledger.Query{Limit: -1}, "limit -1"},
		"EndBeforeBeginning":    {ledger.Query{From: moment(t, "2026-02"), To: moment(t, "2026-01")}, "the end is not after the beginning"},
		"TorrentsByFiveMinutes": {ledger.Query{Period: ledger.FiveMinutes, Torrents: true}, "not counted per torrent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := l.Report(t.Context(), tt.query)
			if !errors.Is(err, ledger.ErrQuery) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// The JSON of a report is a contract.
func TestReport_JSON(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-10-31T22:59:00Z")
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Zone: zone(t, "Europe/Berlin"), Now: now.now})
	record(t, l, sent(1, family.V6, 3000), sent(1, family.V4, 1000), sent(2, family.V4, 8000))
	now.Time = now.Add(2 * time.Minute)
	got, err := json.MarshalIndent(report(t, l, ledger.Query{Torrents: true}), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "report.golden.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReport_Estimate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		now  string
		want int64 // 0: no estimate
	}{
		"HalfOfTheMonth": {"2026-11-16T00:00:00Z", 2000},
		"LastSecond":     {"2026-11-30T23:59:59Z", 1000},
		"TooEarly":       {"2026-11-01T07:00:00Z", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := at(t, "2026-11-01T00:00:00Z")
			l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: now.now})
			record(t, l, sent(1, family.V6, 1000))
			now.Time = at(t, tt.now).Time
			estimate, ok := report(t, l, ledger.Query{}).Estimate()
			if ok != (tt.want > 0) || estimate.V6.Payload != tt.want || estimate.Total.Payload != tt.want {
				t.Errorf("got %+v, %v; want %d", estimate, ok, tt.want)
			}
		})
	}
	t.Run("NothingRuns", func(t *testing.T) {
		t.Parallel()
		now := at(t, "2026-11-16T00:00:00Z")
		l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: now.now})
		if estimate, ok := report(t, l, ledger.Query{To: moment(t, "2026-10")}).Estimate(); ok {
			t.Errorf("got %+v", estimate)
		}
	})
}

func TestLedger_Month(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-10-14T23:59:59Z")
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: now.now, BillingDay: 15})
	record(t, l, sent(1, family.V6, 100))
	now.Time = now.Add(time.Second)
	for _, want := range []int64{0, 30, 60} {
		month, err := l.Month(t.Context())
		if err != nil || month.V4.Payload != want || month.V6.Payload != 0 {
			t.Errorf("got %+v, %v; want %d over IPv4", month, err, want)
		}
		record(t, l, sent(1, family.V4, 10), sent(2, family.V4, 20))
	}
}
