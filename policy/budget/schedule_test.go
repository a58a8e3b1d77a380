package budget_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

func TestPlan_At_Schedule(t *testing.T) {
	t.Parallel()
	const open, shut = 1 * MB, budget.Unlimited
	for name, tt := range map[string]struct {
		days, hours string
		now         string // 2026-11-23 is a Monday
		want        int64
		until       string
	}{
		"Inside":          {"mon-fri", "08:00-18:00", "2026-11-23T12:00:00+01:00", open, "2026-11-23T18:00:00+01:00"},
		"Begins":          {"mon-fri", "08:00-18:00", "2026-11-23T08:00:00+01:00", open, "2026-11-23T18:00:00+01:00"},
		"NotYet":          {"mon-fri", "08:00-18:00", "2026-11-23T07:59:59.999+01:00", shut, "2026-11-23T08:00:00+01:00"},
		"Ends":            {"mon-fri", "08:00-18:00", "2026-11-23T18:00:00+01:00", shut, "2026-11-24T08:00:00+01:00"},
		"OtherDay":        {"mon-fri", "08:00-18:00", "2026-11-22T12:00:00+01:00", shut, "2026-11-22T18:00:00+01:00"},
		"BeforeMidnight":  {"fri", "22:00-06:00", "2026-11-27T23:00:00+01:00", open, "2026-11-28T06:00:00+01:00"},
		"PastMidnight":    {"fri", "22:00-06:00", "2026-11-28T05:59:59+01:00", open, "2026-11-28T06:00:00+01:00"},
		"EndsNextDay":     {"fri", "22:00-06:00", "2026-11-28T06:00:00+01:00", shut, "2026-11-28T22:00:00+01:00"},
		"OfTheDayBefore":  {"fri", "22:00-06:00", "2026-11-27T05:59:59+01:00", shut, "2026-11-27T06:00:00+01:00"},
		"SundayToMonday":  {"sun", "22:00-06:00", "2026-11-23T03:00:00+01:00", open, "2026-11-23T06:00:00+01:00"},
		"WholeDay":        {"sat,sun", "00:00-24:00", "2026-11-22T23:59:59+01:00", open, "2026-11-23T00:00:00+01:00"},
		"AfterWholeDay":   {"sat,sun", "00:00-24:00", "2026-11-23T00:00:00+01:00", shut, "2026-11-24T00:00:00+01:00"},
		"EndOfPeriod":     {"daily", "08:00-18:00", "2026-11-30T19:00:00+01:00", shut, "2026-12-01T00:00:00+01:00"},
		"ElsewhereByZone": {"mon", "08:00-18:00", "2026-11-23T07:30:00Z", open, "2026-11-23T18:00:00+01:00"},

		// Clocks go from 02:00 to 03:00, on a Sunday.
		"BeforeTheGap":     {"sun", "01:00-02:30", "2026-03-29T01:59:59+01:00", open, "2026-03-29T03:00:00+02:00"},
		"EndsInTheGap":     {"sun", "01:00-02:30", "2026-03-29T03:00:00+02:00", shut, "2026-03-30T01:00:00+02:00"},
		"BeginsInTheGap":   {"sun", "02:30-04:00", "2026-03-29T03:00:00+02:00", open, "2026-03-29T04:00:00+02:00"},
		"SwallowedByIt":    {"sun", "02:00-03:00", "2026-03-29T03:00:00+02:00", shut, "2026-03-30T02:00:00+02:00"},
		"ShorterOverTheGp": {"sat", "22:00-06:00", "2026-03-29T03:00:00+02:00", open, "2026-03-29T06:00:00+02:00"},
		// And from 03:00 back to 02:00.
		"FirstTime":    {"sun", "02:00-02:30", "2026-10-25T02:15:00+02:00", open, "2026-10-25T02:30:00+02:00"},
		"InBetween":    {"sun", "02:00-02:30", "2026-10-25T02:45:00+02:00", shut, "2026-10-25T02:00:00+01:00"},
		"SecondTime":   {"sun", "02:00-02:30", "2026-10-25T02:15:00+01:00", open, "2026-10-25T02:30:00+01:00"},
		"LongerByIt":   {"sun", "01:00-04:00", "2026-10-25T03:59:00+01:00", open, "2026-10-25T04:00:00+01:00"},
		"WeekIsOver":   {"sun", "02:00-02:30", "2026-10-26T02:15:00+01:00", shut, "2026-10-26T02:30:00+01:00"},
		"AskedInOrder": {"daily", "00:00-24:00", "2026-10-25T01:00:00+02:00", open, "2026-10-25T02:00:00+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := quota(budget.Unlimited, budget.Unlimited, budget.Unlimited)
			plan.Zone = zone(t, "Europe/Berlin")
			plan.Schedule = []budget.Window{window(t, tt.days, tt.hours, open)}
			got := plan.At(at(t, tt.now), family.Pair[int64]{}, budget.Recent{})
			if got.Limits.Upload != tt.want {
				t.Errorf("the limit is %d, want %d", got.Limits.Upload, tt.want)
			}
			if !got.Until.Equal(at(t, tt.until)) {
				t.Errorf("it holds until %v, want %s", got.Until, tt.until)
			}
		})
	}
}

func TestPlan_At_LastWindowWinsKeyByKey(t *testing.T) {
	t.Parallel()
	plan := quota(budget.Unlimited, budget.Unlimited, budget.Unlimited)
	plan.Limits = budget.Limits{Upload: 100 * MB, Family: family.Pair[int64]{V4: 50 * MB, V6: 90 * MB}, Floor: 1 * MB}
	plan.Schedule = []budget.Window{
		{Limits: budget.Overrides{Upload: new(int64(10 * MB)), Family: family.Pair[*int64]{V4: new(int64(3 * MB))}}},
		{Hours: parseHours(t, "08:00-18:00"), Limits: budget.Overrides{Upload: new(int64(20 * MB)), Floor: new(int64(2 * MB))}},
		{Hours: parseHours(t, "12:00-13:00"), Limits: budget.Overrides{Family: family.Pair[*int64]{V4: new(int64(0)), V6: new(int64(5 * MB))}}},
	}
	for now, want := range map[string]budget.Limits{
		"2026-11-23T07:00:00Z": {Upload: 10 * MB, Family: family.Pair[int64]{V4: 3 * MB, V6: 90 * MB}, Floor: 1 * MB},
		"2026-11-23T09:00:00Z": {Upload: 20 * MB, Family: family.Pair[int64]{V4: 3 * MB, V6: 90 * MB}, Floor: 2 * MB},
		"2026-11-23T12:30:00Z": {Upload: 20 * MB, Family: family.Pair[int64]{V4: 0, V6: 5 * MB}, Floor: 0},
	} {
		if diff := cmp.Diff(want, plan.At(at(t, now), family.Pair[int64]{}, budget.Recent{}).Limits); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", now, diff)
		}
	}
}

// What a decision says holds until it has to be asked for again, whatever the clocks do in between.
func TestPlan_At_HoldsUntilTheBoundary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan := quota(budget.Unlimited, budget.Unlimited, budget.Unlimited)
		plan.Zone = zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		plan.BillingDay = rapid.IntRange(1, 31).Draw(t, "billing day")
		plan.Schedule = rapid.SliceOfN(rapid.Custom(drawWindow), 1, 4).Draw(t, "schedule")
		now := drawInstant(t, plan.Zone)
		first := plan.At(now, family.Pair[int64]{}, budget.Recent{})
		length := first.Until.Sub(now)
		if length <= 0 || length > day {
			t.Fatalf("at %v it holds until %v", now, first.Until)
		}
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(length)-1).Draw(t, "later")))
		second := plan.At(later, family.Pair[int64]{}, budget.Recent{})
		if first.Limits != second.Limits {
			t.Fatalf("%v: %v, and before its end at %v: %v", now, first.Limits, first.Until, second.Limits)
		}
	})
}

// drawWindow draws one that names any limit.
func drawWindow(t *rapid.T) budget.Window {
	limit := rapid.Ptr(rapid.SampledFrom([]int64{0, 1, 30 * kB, 5 * MB, 12_500 * MB, budget.Unlimited}), true)
	minute := rapid.IntRange(0, 48).Draw
	return budget.Window{
		Days:  budget.Days(rapid.IntRange(0, 1<<7-1).Draw(t, "days left out")),
		Hours: budget.Hours{From: minute(t, "from") * 30, Until: minute(t, "until") * 30},
		Limits: budget.Overrides{
			Upload: limit.Draw(t, "upload"),
			Family: family.Pair[*int64]{V4: limit.Draw(t, "ipv4"), V6: limit.Draw(t, "ipv6")},
			Floor:  limit.Draw(t, "floor"),
		},
	}
}
