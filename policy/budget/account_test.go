package budget_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// Half of November, a month of 30 days, is over.
var half = time.Date(2026, time.November, 16, 0, 0, 0, 0, time.UTC)

// seconds are those that are left of it.
const seconds = 15 * 86_400

// lastDays are the seconds that what is left for IPv6 has to last for at least.
const lastDays = 3 * 86_400

func pair(v4, v6 int64) family.Pair[int64] { return family.Pair[int64]{V4: v4, V6: v6} }

func TestPlan_At_Pace(t *testing.T) {
	t.Parallel()
	const none = budget.Unlimited
	for name, tt := range map[string]struct {
		plan budget.Plan
		used family.Pair[int64] // what is recent too
		want family.Pair[int64] // limits
	}{
		"WithoutQuota": {quota(none, none, none), pair(5*TB, 5*TB), pair(none, none)},

		// What is even, and half a day's catching up with what is saved, a day ahead included.
		"V4OnCourse":  {quota(none, 3*TB, none), pair(1500*GB, 0), pair(1500*GB/seconds+100*GB/43_200, none)},
		"V4Saved":     {quota(none, 3*TB, none), pair(500*GB, 0), pair(2500*GB/seconds+1100*GB/43_200, none)},
		"V4Ahead":     {quota(none, 3*TB, none), pair(2000*GB, 0), pair(1000*GB/seconds, none)},
		"V4Gone":      {quota(none, 3*TB, none), pair(3*TB, 0), pair(0, none)},
		"V4Over":      {quota(none, 3*TB, none), pair(5*TB, 0), pair(0, none)},
		"V4OfNothing": {quota(none, 0, none), pair(0, 0), pair(0, none)},

		// The same with what IPv6 needs set aside: as much as in this half, and as much as in half a day.
		"TotalOnCourse":  {quota(5*TB, none, none), pair(1500*GB, 900*GB), pair((1700*GB-30*GB)/seconds+(3170*GB*16/30-1500*GB)/43_200, none)},
		"TotalIsLess":    {quota(5*TB, 9*TB, none), pair(2*TB, 900*GB), pair((1200*GB-30*GB)/seconds, none)},
		"OwnIsLess":      {quota(5*TB, 3*TB, none), pair(2*TB, 500*GB), pair(1*TB/seconds, none)},
		"V6HasItsOwn":    {quota(5*TB, none, 1500*GB), pair(2500*GB, 1*TB), pair(1*TB/seconds, 500*GB/lastDays)},
		"V6NeedsAll":     {quota(5*TB, none, none), pair(3*TB, 1*TB), pair(0, none)},
		"V6NeedsMore":    {quota(5*TB, none, none), pair(2*TB, 2*TB), pair(0, 1*TB/lastDays)},
		"TotalGone":      {quota(5*TB, none, none), pair(2*TB, 3*TB), pair(0, 0)},
		"TotalOver":      {quota(5*TB, none, none), pair(budget.Unlimited, budget.Unlimited), pair(0, 0)},
		"V4GoneV6GoesOn": {quota(9*TB, 1*TB, none), pair(1*TB, 1*TB), pair(0, none)},

		// IPv6's own.
		"V6OnCourse":  {quota(none, none, 2*TB), pair(0, 1*TB), pair(none, none)},
		"V6RunsOut":   {quota(none, none, 2*TB), pair(0, 1500*GB), pair(none, 500*GB/lastDays)},
		"V6Gone":      {quota(none, none, 2*TB), pair(0, 2*TB), pair(none, 0)},
		"V6OfNothing": {quota(none, none, 0), pair(0, 0), pair(none, 0)},

		"NegativeIsNone": {quota(none, -5, math.MinInt64), pair(-1, 1), pair(0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tt.plan.At(half, tt.used, budget.Recent{})
			if diff := cmp.Diff(tt.want, got.Limits.Family, nearly); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
			if got.Limits.Upload != none {
				t.Errorf("the limit of both families is %d", got.Limits.Upload)
			}
		})
	}
}

// nearly takes rates for equal that differ by a few bytes.
var nearly = cmp.Comparer(func(a, b int64) bool { return max(a, b)-min(a, b) <= 2 })

func TestPlan_At_Floor(t *testing.T) {
	t.Parallel()
	plan := quota(5*TB, 4*TB, budget.Unlimited)
	plan.Limits.Floor = 100 * kB
	for name, tt := range map[string]struct {
		used          family.Pair[int64]
		want          family.Pair[int64]
		floor, window int64
	}{
		"V6NeedsAll":      {pair(2*TB, 2*TB), pair(100*kB, (1*TB-100*kB*seconds)/lastDays), 100 * kB, budget.Unlimited},
		"PaceBelowIt":     {pair(4*TB-10*GB, 0), pair(100*kB, budget.Unlimited), 100 * kB, budget.Unlimited},
		"V4HasSaved":      {pair(0, 2450*GB), pair(18_333_333*kB/seconds+18_333_333*kB*16/30/43_200, budget.Unlimited), 100 * kB, budget.Unlimited},
		"NotOnceUsedUp":   {pair(4*TB, 500*GB), pair(0, budget.Unlimited), 0, budget.Unlimited},
		"NotWithoutTotal": {pair(3*TB, 2*TB), pair(0, 0), 0, budget.Unlimited},
		"NotAboveLimit":   {pair(0, 0), pair(budget.Unlimited, budget.Unlimited), 30 * kB, 30 * kB},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := plan
			if tt.window != budget.Unlimited {
				plan.Quota = quota(budget.Unlimited, budget.Unlimited, budget.Unlimited).Quota
				plan.Schedule = []budget.Window{window(t, "daily", "00:00-24:00", tt.window)}
			}
			got := plan.At(half, tt.used, budget.Recent{}).Limits
			if diff := cmp.Diff(tt.want, got.Family, nearly); diff != "" || got.Floor != tt.floor {
				t.Errorf("the floor is %d, want %d, limits (-want +got):\n%s", got.Floor, tt.floor, diff)
			}
		})
	}
}

func TestPlan_At_Forecast(t *testing.T) {
	t.Parallel()
	const none = budget.Unlimited
	floored := quota(5*TB, none, none)
	floored.Limits.Floor = 100 * kB
	week := func(v4, v6 int64) budget.Recent { return budget.Recent{Bytes: pair(v4, v6), Over: 7 * day} }
	for name, tt := range map[string]struct {
		plan   budget.Plan
		used   family.Pair[int64]
		recent budget.Recent
		want   family.Pair[int64]
	}{
		"AsInThisPeriod":  {quota(none, none, none), pair(1*TB, 2*TB), budget.Recent{}, pair(2*TB, 4*TB)},
		"AsOfLate":        {quota(none, none, none), pair(1*TB, 2*TB), week(7*TB, 14*GB), pair(16*TB, 2*TB+30*GB)},
		"AShortTimeIsTwo": {quota(none, none, none), pair(1*GB, 0), budget.Recent{Bytes: pair(2*GB, 0), Over: time.Hour}, pair(16*GB, 0)},
		"WithinOwn":       {quota(none, 1500*GB, 3*TB), pair(1*TB, 2*TB), budget.Recent{}, pair(1500*GB, 3*TB)},
		"WithinTotal":     {quota(5*TB, none, none), pair(1*TB, 2*TB), budget.Recent{}, pair(1*TB, 4*TB)},
		"V6FillsTheTotal": {quota(5*TB, none, none), pair(1*TB, 3*TB), budget.Recent{}, pair(1*TB, 4*TB)},
		"FloorIsKept":     {floored, pair(2*TB, 2*TB), budget.Recent{}, pair(2*TB+100*kB*seconds, 3*TB-100*kB*seconds)},
		"OverIsOver":      {quota(5*TB, none, none), pair(3*TB, 4*TB), budget.Recent{}, pair(3*TB, 4*TB)},
		"NotPastTheEnd":   {quota(none, none, none), pair(none, none), budget.Recent{}, pair(none, none)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tt.plan.At(half, tt.used, tt.recent).Forecast
			if diff := cmp.Diff(tt.want, got, nearly); diff != "" {
				t.Errorf("forecast (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlan_At_Left(t *testing.T) {
	t.Parallel()
	got := quota(5*TB, 2*TB, budget.Unlimited).At(half, pair(2*TB, 1*TB), budget.Recent{})
	if diff := cmp.Diff(budget.Quota{Total: 2 * TB, Family: pair(0, budget.Unlimited)}, got.Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(family.Pair[bool]{V4: true}, got.Exhausted); diff != "" {
		t.Errorf("exhausted (-want +got):\n%s", diff)
	}
	if want := half.Add(budget.Interval); !got.Until.Equal(want) {
		t.Errorf("it holds until %v, want %v", got.Until, want)
	}
}

// Early in a period a little traffic is not taken for the month's.
func TestPlan_At_FirstMinutes(t *testing.T) {
	t.Parallel()
	plan, first := quota(5*TB, budget.Unlimited, budget.Unlimited), time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	if got := plan.At(first, pair(0, 0), budget.Recent{}).Limits.Family; got.V4 < 5*TB/(30*86_400) || got.V6 != budget.Unlimited {
		t.Errorf("the period begins with %+v", got)
	}
	got := plan.At(first.Add(10*time.Minute), pair(0, 60*GB), budget.Recent{}) // IPv6 at 100 MB/s
	if got.Limits.Family.V4 < 1*MB || got.Limits.Family.V6 != budget.Unlimited {
		t.Errorf("after ten busy minutes limits are %+v", got.Limits.Family)
	}
	known := plan.At(first, pair(0, 0), budget.Recent{Bytes: pair(0, 1*TB), Over: 7 * day})
	if want := int64(30 * TB / 7); known.Forecast.V6 < want-1 || known.Forecast.V6 > want {
		t.Errorf("the last period's last week makes %d bytes expected, want %d", known.Forecast.V6, want)
	}
}
