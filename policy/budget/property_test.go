package budget_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// Whatever is asked, an answer keeps to what the package promises.
func TestPlan_At_KeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan, now := drawPlan(t), drawInstant(t, time.UTC)
		used := pair(drawBytes(t, "used over ipv4"), drawBytes(t, "used over ipv6"))
		recent := budget.Recent{
			Bytes: pair(drawBytes(t, "recent over ipv4"), drawBytes(t, "recent over ipv6")),
			Over:  time.Duration(rapid.Int64Range(-1, int64(400*day)).Draw(t, "over")),
		}
		got := plan.At(now, used, recent)
		checkTime(t, plan, now, got)
		checkLimits(t, plan, got)
		checkForecast(t, plan, used, got)

		plan.Quota.Total = budget.Unlimited
		if free := plan.At(now, used, recent); got.Limits.Family.V4 > got.Limits.Floor && got.Limits.Family.V6 != free.Limits.Family.V6 {
			t.Fatalf("the quota for both lowers IPv6 from %d to %d while IPv4 has %d, its floor being %d",
				free.Limits.Family.V6, got.Limits.Family.V6, got.Limits.Family.V4, got.Limits.Floor)
		}
	})
}

func drawPlan(t *rapid.T) budget.Plan {
	rate := func(name string) int64 {
		return rapid.OneOf(rapid.SampledFrom([]int64{budget.Unlimited, 0, 1, -1, 12_500 * MB}), rapid.Int64Range(0, 12_500*MB)).Draw(t, name)
	}
	quota := func(name string) int64 {
		return rapid.OneOf(rapid.Just[int64](budget.Unlimited), rapid.SampledFrom([]int64{0, 1, EB, -1}), rapid.Int64Range(0, 10*TB)).Draw(t, name)
	}
	return budget.Plan{
		Limits: budget.Limits{
			Upload: rate("upload"), Family: pair(rate("ipv4 upload"), rate("ipv6 upload")), Floor: rapid.Int64Range(-1, MB).Draw(t, "floor"),
		},
		Quota:      budget.Quota{Total: quota("monthly"), Family: pair(quota("ipv4 monthly"), quota("ipv6 monthly"))},
		Schedule:   rapid.SliceOfN(rapid.Custom(drawWindow), 0, 2).Draw(t, "schedule"),
		BillingDay: rapid.IntRange(-1, 40).Draw(t, "billing day"),
	}
}

func drawBytes(t *rapid.T, name string) int64 {
	return rapid.OneOf(rapid.SampledFrom([]int64{0, 1, -1, EB, budget.Unlimited}), rapid.Int64Range(0, 10*TB)).Draw(t, name)
}

// checkTime fails if the answer is not for now, or holds for too long.
func checkTime(t *rapid.T, plan budget.Plan, now time.Time, got budget.Decision) {
	if got.Period.From.After(now) || !got.Until.After(now) || got.Until.After(got.Period.To) {
		t.Fatalf("at %v, in %v, it holds until %v", now, got.Period, got.Until)
	}
	if min(plan.Quota.Total, plan.Quota.Family.V4, plan.Quota.Family.V6) != budget.Unlimited && got.Until.Sub(now) > budget.Interval {
		t.Fatalf("with a quota an answer holds for %v", got.Until.Sub(now))
	}
}

// checkLimits fails if limits are more than the configuration, the floor or what is left allow.
func checkLimits(t *rapid.T, plan budget.Plan, got budget.Decision) {
	limits := got.Limits
	if limits.Upload < 0 || limits.Floor < 0 || limits.Floor > limits.Family.V4 || limits.Floor > limits.Upload {
		t.Fatalf("limits are %+v", limits)
	}
	for _, f := range family.All {
		limit, exhausted := limits.Family.Get(f), got.Left.Total == 0 || got.Left.Family.Get(f) == 0
		if limit < 0 || got.Exhausted.Get(f) != exhausted || exhausted && limit != 0 {
			t.Fatalf("%v has %d, exhausted %v, left %+v", f, limit, got.Exhausted.Get(f), got.Left)
		}
		if len(plan.Schedule) > 0 {
			continue
		}
		if allowed := max(0, plan.Limits.Family.Get(f)); limit > allowed || limit < allowed && got.Reason.Get(f) == "" {
			t.Fatalf("%v has %d of %d because %q", f, limit, allowed, got.Reason.Get(f))
		}
		if f == family.V4 && !exhausted && limits.Floor < max(0, min(plan.Limits.Floor, plan.Limits.Family.V4, plan.Limits.Upload)) {
			t.Fatalf("the floor is %d of %d", limits.Floor, plan.Limits.Floor)
		}
	}
	left := min(got.Left.Total, got.Left.Family.V4)
	atOnce := left/int64(budget.Interval/time.Second) + left/int64(12*time.Hour/time.Second)
	if limits.Family.V4 > limits.Floor && left != budget.Unlimited && limits.Family.V4 > atOnce {
		t.Fatalf("IPv4 has %d, and %d bytes are left until the next answer", limits.Family.V4, left)
	}
}

// checkForecast fails if less is expected than has been sent, or more than quotas allow.
func checkForecast(t *rapid.T, plan budget.Plan, used family.Pair[int64], got budget.Decision) {
	for _, f := range family.All {
		used, forecast := max(0, used.Get(f)), got.Forecast.Get(f)
		if forecast < used || forecast > max(used, plan.Quota.Family.Get(f)) {
			t.Fatalf("%v: %d bytes used, %d expected of %d", f, used, forecast, plan.Quota.Family.Get(f))
		}
	}
	more := got.Forecast.V4 - max(0, used.V4) + (got.Forecast.V6 - max(0, used.V6))
	if got.Left.Total != budget.Unlimited && more > got.Left.Total {
		t.Fatalf("%d bytes are expected of %d that are left", more, got.Left.Total)
	}
}
