package main

import (
	"sixseed/cmd/sixseed/config"
	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// uploadPlan is what the configuration says of rates, quotas and times of the week. Amounts that are not limited are the
// same number there and here. "auto" is no limit: what IPv4 may have is found out later.
func uploadPlan(settings config.Config) budget.Plan {
	policy := settings.Policy
	plan := budget.Plan{
		Limits: budget.Limits{
			Upload: budget.Unlimited,
			Family: family.Pair[int64]{V4: int64(policy.IPv4.Upload), V6: int64(policy.IPv6.Upload)},
			Floor:  int64(policy.IPv4.Floor),
		},
		Quota: budget.Quota{
			Total:  int64(policy.Monthly),
			Family: family.Pair[int64]{V4: int64(policy.IPv4.Monthly), V6: int64(policy.IPv6.Monthly)},
		},
		Zone:       settings.Ledger.TimeZone.Location,
		BillingDay: settings.Ledger.BillingDay,
	}
	if !policy.Upload.Auto {
		plan.Limits.Upload = int64(policy.Upload.Rate)
	}
	for _, window := range policy.Schedule {
		plan.Schedule = append(plan.Schedule, uploadWindow(window))
	}
	return plan
}

// uploadWindow is a window of the schedule as the plan takes it.
func uploadWindow(window config.Window) budget.Window {
	return budget.Window{Days: window.Days, Hours: window.Hours, Limits: budget.Overrides{
		Upload: (*int64)(window.Upload),
		Family: family.Pair[*int64]{V4: (*int64)(window.IPv4Upload), V6: (*int64)(window.IPv6Upload)},
		Floor:  (*int64)(window.IPv4Floor),
	}}
}
