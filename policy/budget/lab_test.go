package budget_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

const (
	day = 24 * time.Hour

	kB = 1000
	MB = 1000 * kB
	GB = 1000 * MB
	TB = 1000 * GB
	EB = 1000 * 1000 * TB
)

// unlimited are limits that are none, and no quota.
var unlimited = family.Pair[int64]{V4: budget.Unlimited, V6: budget.Unlimited}

// quota returns a plan without limits that begins its periods at midnight on the first, UTC.
func quota(total, v4, v6 int64) budget.Plan {
	return budget.Plan{
		Limits:     budget.Limits{Upload: budget.Unlimited, Family: unlimited},
		Quota:      budget.Quota{Total: total, Family: family.Pair[int64]{V4: v4, V6: v6}},
		BillingDay: 1,
	}
}

// at returns an instant in RFC 3339.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func zone(t rapid.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func parseDays(t rapid.TB, text string) budget.Days {
	t.Helper()
	var days budget.Days
	if err := days.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return days
}

func parseHours(t rapid.TB, text string) budget.Hours {
	t.Helper()
	var hours budget.Hours
	if err := hours.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return hours
}

// window returns one at which the limit of both families is upload.
func window(t rapid.TB, days, hours string, upload int64) budget.Window {
	t.Helper()
	return budget.Window{
		Days: parseDays(t, days), Hours: parseHours(t, hours), Limits: budget.Overrides{Upload: &upload},
	}
}
