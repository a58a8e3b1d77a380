package ledger_test

import (
	"testing"
	"time"

	"sixseed/storage/ledger"

	"pgregory.net/rapid"
)

var periods = []ledger.Period{ledger.FiveMinutes, ledger.Hour, ledger.Day, ledger.Month}

// zones whose clocks do what clocks rarely do: half hours and quarters, changes of half an hour, at midnight, one minute
// past it; a day that never was.
var zones = []string{
	"UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
	"America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Pacific/Apia",
}

func TestCalendar_EveryInstantLiesInOnePeriod(t *testing.T) {
	t.Parallel()

	t.Run("AtAnyTime", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			location, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
			if err != nil {
				t.Fatal(err)
			}
			now := time.Unix(rapid.Int64Range(years[0], years[1]).Draw(t, "now"), 0)
			wantOnePeriod(t, location, rapid.IntRange(1, 31).Draw(t, "billing day"), now)
		})
	})

	t.Run("WhenClocksChange", func(t *testing.T) {
		t.Parallel()
		for _, name := range zones {
			location := zone(t, name)
			_, change := time.Unix(years[0], 0).In(location).ZoneBounds()
			for !change.IsZero() && change.Unix() < years[1] {
				for _, minutes := range []int{-1441, -1440, -61, -60, -59, -31, -30, -1, 0, 1, 29, 30, 59, 60, 61, 1439, 1440} {
					now := change.Add(time.Duration(minutes) * time.Minute)
					for _, billingDay := range []int{1, 15, 31} {
						wantOnePeriod(t, location, billingDay, now)
					}
				}
				_, change = change.ZoneBounds()
			}
		}
	})
}

// years are the first and the last second of the instants tried: from 2005 to 2037.
var years = [2]int64{1_104_537_600, 2_145_916_800}

// wantOnePeriod checks that the period now lies in, of each length, is that of its first and of its last second too.
func wantOnePeriod(t rapid.TB, location *time.Location, billingDay int, now time.Time) {
	t.Helper()
	for _, period := range periods {
		start := ledger.StartOf(location, billingDay, period, now)
		next := ledger.NextAfter(location, billingDay, period, now)
		if start.After(now) || !next.After(now) {
			t.Fatalf("%s: %v is not in [%v, %v)", period, now.In(location), start, next)
		}
		if got := ledger.NextAfter(location, billingDay, period, start); !got.Equal(next) {
			t.Fatalf("%s: after %v comes %v, and of %v within it the next is %v", period, start, got, now.In(location), next)
		}
		if got := ledger.StartOf(location, billingDay, period, next.Add(-time.Second)); !got.Equal(start) {
			t.Fatalf("%s: [%v, %v) does not end as it began: at its last second it begins at %v", period, start, next, got)
		}
	}
}

func TestCalendar_Lengths(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		zone       string
		billingDay int
		period     ledger.Period
		now        string
		start, end string
	}{
		"DayOf23Hours": {"Europe/Berlin", 1, ledger.Day, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		"DayOf25Hours": {"Europe/Berlin", 1, ledger.Day, "2026-10-25T12:00:00Z", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		"FirstOfTwoEqualHours": {
			"Europe/Berlin", 1, ledger.Hour, "2026-10-25T00:30:00Z", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00",
		},
		"HourOfHalfAnHour": {
			"Australia/Lord_Howe", 1, ledger.Hour, "2026-04-04T15:10:00Z", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30",
		},
		"HourOfKolkata":         {"Asia/Kolkata", 1, ledger.Hour, "2026-11-22T12:45:00Z", "2026-11-22T12:30:00Z", "2026-11-22T13:30:00Z"},
		"DayWithoutMidnight":    {"Africa/Cairo", 1, ledger.Day, "2026-04-24T12:00:00Z", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		"DayBeforeNoMidnight":   {"Africa/Cairo", 1, ledger.Day, "2026-04-23T21:59:59Z", "2026-04-23T00:00:00+02:00", "2026-04-24T01:00:00+03:00"},
		"DayAfterTheMissingOne": {"Pacific/Apia", 1, ledger.Day, "2011-12-30T12:00:00Z", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"},
		"Month":                 {"UTC", 1, ledger.Month, "2026-11-22T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"MonthOverNewYear":      {"UTC", 15, ledger.Month, "2027-01-14T23:59:59Z", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"},
		"MonthFromThe31st":      {"UTC", 31, ledger.Month, "2026-02-27T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"},
		"MonthFromTheLastDay":   {"UTC", 31, ledger.Month, "2026-03-30T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		"MonthInALeapYear":      {"UTC", 30, ledger.Month, "2028-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			location, now := zone(t, tt.zone), at(t, tt.now).Time
			start, end := at(t, tt.start).Time, at(t, tt.end).Time
			if got := ledger.StartOf(location, tt.billingDay, tt.period, now); !got.Equal(start) {
				t.Errorf("it begins at %v, want %v", got, start.In(location))
			}
			if got := ledger.NextAfter(location, tt.billingDay, tt.period, now); !got.Equal(end) {
				t.Errorf("the next begins at %v, want %v", got, end.In(location))
			}
		})
	}
}
