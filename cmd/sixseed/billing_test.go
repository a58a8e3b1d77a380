package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"sixseed/policy/budget"
	"sixseed/policy/family"
	"sixseed/storage/ledger"
)

// What a quota counts is the running month of the ledger, so both must know the same one, also where clocks change, days
// have no midnight or two, or there is no such day.
func TestBilling_QuotasGoByTheLedgersMonths(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{
		"UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Pacific/Apia",
	} {
		for _, billingDay := range []int{1, 4, 24, 30, 31} {
			t.Run(fmt.Sprintf("%s/%d", zone, billingDay), func(t *testing.T) {
				t.Parallel()
				location, err := time.LoadLocation(zone)
				if err != nil {
					t.Fatal(err)
				}
				compareMonths(t, location, billingDay)
			})
		}
	}
}

// compareMonths looks in every year with changes of the clocks that are remarkable, at the ends of every month.
func compareMonths(t *testing.T, zone *time.Location, billingDay int) {
	t.Helper()
	var now time.Time
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), ledger.Config{
		Zone: zone, BillingDay: billingDay, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	plan := budget.Plan{Zone: zone, BillingDay: billingDay}
	for _, year := range []int{2011, 2018, 2026, 2028} {
		now = time.Date(year, time.January, 15, 12, 0, 0, 0, zone)
		for now.Year() <= year {
			period := plan.At(now, family.Pair[int64]{}, budget.Recent{}).Period
			for _, instant := range []time.Time{now, period.From, period.To.Add(-time.Second)} {
				now = instant
				report, err := l.Report(t.Context(), ledger.Query{Limit: 1})
				if err != nil {
					t.Fatal(err)
				}
				if month := report.Rows[0]; !month.Start.Equal(period.From) || !month.End.Equal(period.To) {
					t.Fatalf("at %v the quota's period is %v, the ledger's month %v to %v", now, period, month.Start, month.End)
				}
			}
			now = period.To
		}
	}
}
