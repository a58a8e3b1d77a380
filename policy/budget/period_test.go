package budget_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// The ledger counts by the same months: its own cases, and billing days on which clocks change.
func TestPlan_At_Period(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		zone       string
		billingDay int
		now        string
		from, to   string
	}{
		"Month":               {"UTC", 1, "2026-11-22T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"FirstInstant":        {"UTC", 1, "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"LastInstant":         {"UTC", 1, "2026-11-30T23:59:59.999999999Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"OverNewYear":         {"UTC", 15, "2027-01-14T23:59:59Z", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"},
		"FromThe31st":         {"UTC", 31, "2026-02-27T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"},
		"FromTheLastDay":      {"UTC", 31, "2026-03-30T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		"NoDayIsTheFirst":     {"UTC", 0, "2026-11-22T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		"InALeapYear":         {"UTC", 30, "2028-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z"},
		"ZoneAhead":           {"Asia/Kolkata", 1, "2026-10-31T18:30:00Z", "2026-11-01T00:00:00+05:30", "2026-12-01T00:00:00+05:30"},
		"ZoneBehind":          {"America/St_Johns", 1, "2026-12-01T03:29:59Z", "2026-11-01T00:00:00-02:30", "2026-12-01T00:00:00-03:30"},
		"DayOf25Hours":        {"Europe/Berlin", 25, "2026-10-25T12:00:00Z", "2026-10-25T00:00:00+02:00", "2026-11-25T00:00:00+01:00"},
		"DayWithoutMidnight":  {"Africa/Cairo", 24, "2026-04-24T12:00:00Z", "2026-04-24T01:00:00+03:00", "2026-05-24T00:00:00+03:00"},
		"BeforeNoMidnight":    {"Africa/Cairo", 24, "2026-04-23T21:59:59Z", "2026-03-24T00:00:00+02:00", "2026-04-24T01:00:00+03:00"},
		"MidnightSkippedWest": {"America/Sao_Paulo", 4, "2018-11-04T12:00:00Z", "2018-11-04T01:00:00-02:00", "2018-12-04T00:00:00-02:00"},
		"TwoMidnights":        {"America/Havana", 1, "2026-11-01T12:00:00Z", "2026-11-01T00:00:00-04:00", "2026-12-01T00:00:00-05:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := budget.Plan{Zone: zone(t, tt.zone), BillingDay: tt.billingDay}
			got := plan.At(at(t, tt.now), family.Pair[int64]{}, budget.Recent{}).Period
			if !got.From.Equal(at(t, tt.from)) || !got.To.Equal(at(t, tt.to)) {
				t.Errorf("got %v to %v\nwant %s to %s", got.From, got.To, tt.from, tt.to)
			}
		})
	}
}

// zones whose clocks do what clocks rarely do: half hours and quarters, changes of half an hour, at midnight, one minute
// past it; a day that never was.
var zones = []string{
	"UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
	"America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Pacific/Apia",
}

// drawInstant draws one from 2005 to 2037, every other time close to a change of the clocks.
func drawInstant(t *rapid.T, location *time.Location) time.Time {
	now := time.Unix(rapid.Int64Range(1_104_537_600, 2_145_916_800).Draw(t, "now"), 0)
	if _, change := now.In(location).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "clocks change") {
		now = change.Add(time.Duration(rapid.Int64Range(-int64(2*day), int64(2*day)).Draw(t, "after the change")))
	}
	return now
}

func TestPlan_At_EveryInstantLiesInOnePeriod(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan := budget.Plan{
			Zone:       zone(t, rapid.SampledFrom(zones).Draw(t, "zone")),
			BillingDay: rapid.IntRange(1, 31).Draw(t, "billing day"),
		}
		periodAt := func(now time.Time) budget.Period { return plan.At(now, family.Pair[int64]{}, budget.Recent{}).Period }
		now := drawInstant(t, plan.Zone)
		period := periodAt(now)
		if period.From.After(now) || !period.To.After(now) {
			t.Fatalf("%v is not in %v", now.In(plan.Zone), period)
		}
		if length := period.To.Sub(period.From); length < 27*day || length > 32*day {
			t.Fatalf("%v lasts for %v", period, length)
		}
		for _, within := range []time.Time{period.From, period.To.Add(-1)} {
			if got := periodAt(within); !got.From.Equal(period.From) || !got.To.Equal(period.To) {
				t.Fatalf("at %v the period is %v, and at %v %v", now, period, within, got)
			}
		}
		if got := periodAt(period.To); !got.From.Equal(period.To) {
			t.Fatalf("after %v comes %v", period, got)
		}
	})
}
