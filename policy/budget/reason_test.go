package budget_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

func TestPlan_At_Reason(t *testing.T) {
	t.Parallel()
	const none = budget.Unlimited
	for name, tt := range map[string]struct {
		plan budget.Plan
		used family.Pair[int64]
		want family.Pair[string]
	}{
		"None": {quota(none, none, none), pair(1*TB, 1*TB), family.Pair[string]{}},
		"Own": {quota(none, 2*TB, 1*TB), pair(1690*GB, 600*GB), family.Pair[string]{
			V4: "IPv4 is slowed to 239 kB/s: 310 GB of its 2 TB are left for 15 days",
			V6: "IPv6 is slowed to 1.54 MB/s: 400 GB of its 1 TB are left for 15 days",
		}},
		"SetAside": {quota(5*TB, none, none), pair(2250*GB, 1*TB), family.Pair[string]{
			V4: "IPv4 is slowed to 553 kB/s: 1.75 TB of 5 TB for both families are left for 15 days, 1.03 TB of them set aside for IPv6",
		}},
		"NothingToSpare": {quota(5*TB, none, none), pair(1500*GB, 2*TB), family.Pair[string]{
			V4: "IPv4 is stopped: 1.5 TB of 5 TB for both families are left for 15 days, set aside for IPv6",
			V6: "IPv6 is slowed to 5.79 MB/s: 1.5 TB of 5 TB for both families are left for 15 days",
		}},
		"OwnGone": {quota(5*TB, 2*TB, 1*TB), pair(2*TB, 1*TB), family.Pair[string]{
			V4: "IPv4 is stopped: its 2 TB are used up",
			V6: "IPv6 is stopped: its 1 TB are used up",
		}},
		"TotalGone": {quota(999_600*MB, none, none), pair(1*TB, 0), family.Pair[string]{
			V4: "IPv4 is stopped: the 1 TB for both families are used up",
			V6: "IPv6 is stopped: the 1 TB for both families are used up",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.plan.At(half, tt.used, budget.Recent{}).Reason); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlan_At_ReasonOfFloor(t *testing.T) {
	t.Parallel()
	plan := quota(5*TB, budget.Unlimited, budget.Unlimited)
	plan.Limits.Floor = 100 * kB
	const want = "IPv4 is slowed to its floor of 100 kB/s: 1 TB of 5 TB for both families are left for 15 days, set aside for IPv6"
	if got := plan.At(half, pair(2*TB, 2*TB), budget.Recent{}).Reason.V4; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPlan_At_ReasonOfSchedule(t *testing.T) {
	t.Parallel()
	plan := quota(budget.Unlimited, budget.Unlimited, budget.Unlimited)
	upload := window(t, "daily", "08:00-18:00", 20*MB)
	upload.Limits.Family.V4 = new(int64(2500 * kB))
	plan.Schedule = []budget.Window{upload, {Hours: parseHours(t, "12:00-13:00"), Limits: budget.Overrides{Family: family.Pair[*int64]{V4: new(int64(0))}}}}
	for hour, want := range map[int]family.Pair[string]{
		7: {},
		9: {V4: "IPv4 is slowed to 2.5 MB/s by the schedule", V6: "both families together are slowed to 20 MB/s by the schedule"},
		12: {
			V4: "IPv4 is stopped by the schedule", V6: "both families together are slowed to 20 MB/s by the schedule",
		},
	} {
		got := plan.At(half.Add(time.Duration(hour)*time.Hour), pair(0, 0), budget.Recent{}).Reason
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at %d:00 (-want +got):\n%s", hour, diff)
		}
	}
}

func TestPlan_At_ReasonCountsDown(t *testing.T) {
	t.Parallel()
	plan, end := quota(budget.Unlimited, budget.Unlimited, 1*TB), time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	for rest, want := range map[time.Duration]string{
		3*day - time.Second: "2 days", 2*day - time.Second: "1 day", day - time.Second: "23 hours", time.Hour: "1 hour",
		59 * time.Minute: "59 minutes", time.Minute: "1 minute", time.Second: "less than a minute",
	} {
		got := plan.At(end.Add(-rest), pair(0, 1*TB-1*kB), budget.Recent{}).Reason.V6
		if want := "1 kB of its 1 TB are left for " + want; len(got) < len(want) || got[len(got)-len(want):] != want {
			t.Errorf("got %s\nwant it to end with %s", got, want)
		}
	}
}
