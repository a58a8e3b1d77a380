package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// parsed reads a configuration.
func parsed(t *testing.T, text string) config.Config {
	t.Helper()
	settings, err := config.Parse("x.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

func TestUploadPlan(t *testing.T) {
	t.Parallel()
	const none = budget.Unlimited
	for name, test := range map[string]struct {
		text string
		want budget.Plan
	}{
		"Default": {"", budget.Plan{
			Limits:     budget.Limits{Upload: none, Family: family.Pair[int64]{V4: none, V6: none}},
			Quota:      budget.Quota{Total: none, Family: family.Pair[int64]{V4: none, V6: none}},
			BillingDay: 1,
		}},
		"Unlimited": {`policy.upload = "unlimited"`, budget.Plan{
			Limits:     budget.Limits{Upload: none, Family: family.Pair[int64]{V4: none, V6: none}},
			Quota:      budget.Quota{Total: none, Family: family.Pair[int64]{V4: none, V6: none}},
			BillingDay: 1,
		}},
		"EveryKey": {
			`[policy]
			upload = "50 MB/s"
			monthly = "5 TB"
			[policy.ipv6]
			upload = "40 MB/s"
			monthly = "4 TB"
			[policy.ipv4]
			upload = "30 MB/s"
			floor = "1 MB/s"
			monthly = "0"
			[ledger]
			billing_day = 15`,
			budget.Plan{
				Limits:     budget.Limits{Upload: 50e6, Family: family.Pair[int64]{V4: 30e6, V6: 40e6}, Floor: 1e6},
				Quota:      budget.Quota{Total: 5e12, Family: family.Pair[int64]{V4: 0, V6: 4e12}},
				BillingDay: 15,
			},
		},
		"Schedule": {
			`[[policy.schedule]]
			days = "mon-fri"
			hours = "08:00-18:00"
			upload = "unlimited"
			ipv6_upload = "4 MB/s"
			ipv4_upload = "3 MB/s"
			ipv4_floor = "0"
			[[policy.schedule]]
			upload = "0"`,
			budget.Plan{
				Limits: budget.Limits{Upload: none, Family: family.Pair[int64]{V4: none, V6: none}},
				Quota:  budget.Quota{Total: none, Family: family.Pair[int64]{V4: none, V6: none}},
				Schedule: []budget.Window{
					{
						Days:  1<<time.Saturday | 1<<time.Sunday, // those that are left out
						Hours: budget.Hours{From: 8 * 60, Until: 18 * 60},
						Limits: budget.Overrides{
							Upload: new(int64(none)), Family: family.Pair[*int64]{V4: new(int64(3e6)), V6: new(int64(4e6))}, Floor: new(int64(0)),
						},
					},
					{Limits: budget.Overrides{Upload: new(int64(0))}},
				},
				BillingDay: 1,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uploadPlan(parsed(t, test.text))
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(budget.Plan{}, "Zone")); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			if got.Zone != time.UTC {
				t.Errorf("it goes by the zone %v", got.Zone)
			}
		})
	}
}

func TestUploadPlan_GoesByTheZoneOfTheLedger(t *testing.T) {
	t.Parallel()
	got := uploadPlan(parsed(t, `ledger.time_zone = "Europe/Berlin"`))
	if got.Zone.String() != "Europe/Berlin" {
		t.Errorf("it goes by the zone %v", got.Zone)
	}
}

func TestUploadPolicy(t *testing.T) {
	t.Parallel()
	got := uploadPolicy(parsed(t, ""))
	if !got.Auto || got.Peer != budget.Unlimited || got.Address != budget.Unlimited || got.Copies != 3 {
		t.Errorf("by default it is %+v", got)
	}
	got = uploadPolicy(parsed(t, `[policy]
		upload = "50 MB/s"
		peer_upload = "2 MB/s"
		address_upload = "3 MB/s"
		max_copies = 0`))
	if got.Auto || got.Plan.Limits.Upload != 50e6 || got.Peer != 2e6 || got.Address != 3e6 || got.Copies != 0 {
		t.Errorf("with limits it is %+v", got)
	}
}
