package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse_FloorInASchedule(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"AboveLimitsOfItsWindow": {
			`[[policy.schedule]]
			upload = "1 MB/s"
			ipv4_floor = "2 MB/s"
			[[policy.schedule]]
			ipv4_upload = "1 MB/s"
			ipv4_floor = "2 MB/s"`,
			[]string{
				`x.toml:3: policy.schedule[0].ipv4_floor: "16 Mbit/s" is more than policy.schedule[0].upload, "8 Mbit/s"`,
				`x.toml:6: policy.schedule[1].ipv4_floor: "16 Mbit/s" is more than policy.schedule[1].ipv4_upload, "8 Mbit/s"`,
			},
		},
		"AboveLimitsOfAllTimes": {
			`policy.upload = "1 MB/s"
			[[policy.schedule]]
			ipv4_floor = "2 MB/s"`,
			[]string{`x.toml:3: policy.schedule[0].ipv4_floor: "16 Mbit/s" is more than policy.upload, "8 Mbit/s"`},
		},
		"OfAllTimesAboveLimits": {
			`policy.ipv4.floor = "2 MB/s"
			[[policy.schedule]]
			ipv4_upload = "1 MB/s"`,
			[]string{`x.toml:3: policy.schedule[0].ipv4_upload: "8 Mbit/s" is less than policy.ipv4.floor, "16 Mbit/s": set ipv4_floor here too`},
		},
		"SaidOnce": {
			`policy.ipv4.floor = "2 MB/s"
			policy.upload = "1 MB/s"
			[[policy.schedule]]
			ipv6_upload = "1 MB/s"`,
			[]string{`x.toml:1: policy.ipv4.floor: "16 Mbit/s" is more than policy.upload, "8 Mbit/s"`},
		},
		"WithoutEnd": {
			`[[policy.schedule]]
			ipv4_floor = "unlimited"`,
			[]string{`x.toml:2: policy.schedule[0].ipv4_floor: "unlimited" is no rate to keep: use one such as "10 Mbit/s", or "0"`},
		},
		"WithRoom": {
			`policy.ipv4.floor = "2 MB/s"
			policy.upload = "3 MB/s"
			[[policy.schedule]]
			upload = "1 MB/s"
			ipv4_floor = "1 MB/s"
			[[policy.schedule]]
			ipv4_upload = "2 MB/s"
			ipv4_floor = "2 MB/s"`,
			nil,
		},
		"WithRoomOnlyInAnotherWindow": { // which may be open at the same time
			`policy.upload = "1 MB/s"
			[[policy.schedule]]
			upload = "3 MB/s"
			[[policy.schedule]]
			ipv4_floor = "2 MB/s"`,
			nil,
		},
		"UnderALimitThatWasRefused": {
			`[[policy.schedule]]
			upload = "some"
			ipv4_floor = "2 MB/s"`,
			[]string{
				`x.toml:2: policy.schedule[0].upload: "some" is not a rate: use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, problemsOf(t, test.text)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}
