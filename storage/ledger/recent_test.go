package ledger_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/storage/ledger"
)

const week = 7 * 24 * time.Hour

func TestLedger_Recent(t *testing.T) {
	t.Parallel()
	type recording struct {
		at      string
		payload int64 // over IPv6; over IPv4 a tenth
	}
	for name, tt := range map[string]struct {
		recordings []recording
		now        string
		payload    int64
		covered    time.Duration
	}{
		"Nothing": {nil, "2026-11-22T12:00:00Z", 0, 0},
		"RunningHour": {
			[]recording{{"2026-11-22T12:10:00Z", 1000}, {"2026-11-22T12:31:00Z", 2000}},
			"2026-11-22T12:34:56Z", 3000, 24*time.Minute + 56*time.Second,
		},
		"SinceTheFirstRecording": {
			[]recording{{"2026-11-20T11:58:00Z", 1000}, {"2026-11-22T12:31:00Z", 2000}},
			"2026-11-22T12:34:56Z", 3000, 48*time.Hour + 39*time.Minute + 56*time.Second,
		},
		"AcrossABillingDay": {
			[]recording{{"2026-10-30T12:00:00Z", 1000}, {"2026-11-01T00:00:00Z", 2000}, {"2026-11-01T12:00:00Z", 4000}},
			"2026-11-01T12:00:00Z", 7000, 48 * time.Hour,
		},
		"WholeHoursOfAWeek": { // that of 12:00 to 13:00 a week ago is not
			[]recording{{"2026-11-01T00:00:00Z", 1000}, {"2026-11-15T12:40:00Z", 2000}, {"2026-11-15T13:00:00Z", 4000}},
			"2026-11-22T12:34:00Z", 4000, week - 26*time.Minute,
		},
		"AWeekToTheSecond": {
			[]recording{{"2026-11-01T00:00:00Z", 1000}, {"2026-11-15T12:00:00Z", 2000}},
			"2026-11-22T12:00:00Z", 2000, week,
		},
		"QuietFromBeginningToEnd": {
			[]recording{{"2026-11-01T00:00:00Z", 1000}}, "2026-11-22T12:00:00Z", 0, week,
		},
		"ClockSetBack": { // by more than can be waited for: what is recorded in the future does not count
			[]recording{{"2026-11-22T12:00:00Z", 1000}}, "2026-11-01T12:00:00Z", 0, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := at(t, "2026-01-01T00:00:00Z")
			l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Now: clock.now})
			for _, r := range tt.recordings {
				clock.Time = at(t, r.at).Time
				record(t, l, sent(1, family.V6, r.payload/2), sent(2, family.V6, r.payload/2), sent(2, family.V4, r.payload/10))
			}
			clock.Time = at(t, tt.now).Time
			got, covered, err := l.Recent(t.Context(), week)
			if err != nil {
				t.Fatal(err)
			}
			payload := family.Pair[int64]{V4: got.V4.Payload, V6: got.V6.Payload}
			if want := (family.Pair[int64]{V4: tt.payload / 10, V6: tt.payload}); payload != want {
				t.Errorf("payload %+v, want %+v", payload, want)
			}
			if covered != tt.covered {
				t.Errorf("covered %v, want %v", covered, tt.covered)
			}
		})
	}
}

func TestLedger_RecentCountsAllThatWasSentAndReceived(t *testing.T) {
	t.Parallel()
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
	delta := ledger.Delta{Family: family.V4, Traffic: ledger.Traffic{Payload: 1000, Overhead: 20, Received: 3}}
	record(t, l, delta)
	record(t, l, delta)
	got, covered, err := l.Recent(t.Context(), week)
	if err != nil {
		t.Fatal(err)
	}
	want := family.Pair[ledger.Traffic]{V4: ledger.Traffic{Payload: 2000, Overhead: 40, Received: 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if covered < 0 || covered > week {
		t.Errorf("covered %v", covered)
	}
}

func TestLedger_RecentOfAClosedLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	l, err := ledger.Open(t.Context(), path, ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
	if _, _, err := l.Recent(t.Context(), week); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v", err)
	}
}
