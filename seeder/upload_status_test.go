package seeder_test

import (
	"encoding/json"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
)

func TestUploadStatus_Modes(t *testing.T) {
	t.Parallel()
	both := auto(0)
	both.Plan.Limits.Upload = 1000
	for name, c := range map[string]struct {
		policy seeder.UploadPolicy
		want   string
	}{
		"Unlimited":      {unlimited(), "unlimited: "},
		"Limited":        {limited(1000), "limited: "},
		"Auto":           {auto(0), "auto: no IPv6 peer takes anything"},
		"AutoBelowLimit": {both, "auto: no IPv6 peer takes anything"}, // a schedule's, say
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := seeder.NewSharing(newCrowd(), c.policy, 1).Status()
			if got := status.Mode + ": " + status.State; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUploadStatus_AutoSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		crowd.join(1, family.V4)
		sharing := share(t, crowd, auto(0), 1)
		expect := func(want string) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			if got := sharing.Status().State; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		expect("no IPv6 peer takes anything")
		take(t, sharing.Gate, family.V4, 1_000_000)
		take(t, sharing.Gate, family.V6, 1_000_000)
		crowd.fare(bandwidth.Path{RTT: 20 * time.Millisecond, Base: 20 * time.Millisecond})
		expect("the link has room")
		crowd.fare(bandwidth.Path{RTT: 60 * time.Millisecond, Base: 20 * time.Millisecond})
		expect("IPv6 peers want more")
	})
}

func TestUploadStatus_Figures(t *testing.T) {
	t.Parallel()
	policy := limited(1000)
	policy.Plan.Limits.Floor = 10
	policy.Plan.Quota.Total = 5_000_000
	policy.Plan.BillingDay = 1
	status := seeder.NewSharing(newCrowd(), policy, 1).Status()
	if status.Limit != 1000 || status.Floor != 10 || status.Quota != 5_000_000 {
		t.Errorf("got %+v", status)
	}
	if ends := status.Period; ends.Day() != 1 || !ends.After(time.Now()) {
		t.Errorf("the period ends at %v", ends)
	}
}

func TestRate_JSON(t *testing.T) {
	t.Parallel()
	type limits struct{ A, B, C seeder.Rate }
	rates := limits{A: 0, B: math.MaxInt64 - 1, C: seeder.Unlimited}
	text, err := json.Marshal(rates)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), `{"A":0,"B":9223372036854775806,"C":null}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back limits
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rates, back); diff != "" {
		t.Errorf("what comes back (-want +got)\n%s", diff)
	}
	for _, wrong := range []string{`"fast"`, `1.5`, `9223372036854775808`, `true`} {
		if err := json.Unmarshal([]byte(wrong), new(seeder.Rate)); err == nil {
			t.Errorf("%s is taken for a rate", wrong)
		}
	}
}
