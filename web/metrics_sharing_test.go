package web_test

import (
	"strings"
	"testing"

	"sixseed/seeder"
)

func TestServer_MetricsOfSharing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		upload seeder.UploadStatus
		ipv4   seeder.FamilyStatus
		want   string
	}{
		"NoLimit": {
			seeder.UploadStatus{Mode: "unlimited"},
			seeder.FamilyStatus{Limit: seeder.Unlimited, Available: seeder.Unlimited, Quota: seeder.Unlimited},
			`sixseed_quota_left_bytes{family="ipv4"} +Inf
sixseed_upload_available_bytes_per_second{family="ipv4"} +Inf
sixseed_upload_limit_bytes_per_second{family="ipv4"} +Inf
sixseed_upload_mode{mode="auto"} 0
sixseed_upload_mode{mode="limited"} 0
sixseed_upload_mode{mode="unlimited"} 1
sixseed_upload_slots{family="ipv4"} +Inf
`,
		},
		"NothingForIPv4": {
			seeder.UploadStatus{Mode: "limited", Limit: 50_000_000, Slots: 8},
			seeder.FamilyStatus{},
			`sixseed_quota_left_bytes{family="ipv4"} 0
sixseed_upload_available_bytes_per_second{family="ipv4"} 0
sixseed_upload_limit_bytes_per_second{family="ipv4"} 0
sixseed_upload_mode{mode="auto"} 0
sixseed_upload_mode{mode="limited"} 1
sixseed_upload_mode{mode="unlimited"} 0
sixseed_upload_slots{family="ipv4"} 0
`,
		},
		// Whatever it is called, there are never more series than the known modes make.
		"UnknownMode": {
			seeder.UploadStatus{Mode: "another", Slots: 8},
			seeder.FamilyStatus{Limit: 1, Available: 2, Quota: 3, UploadSlots: 4},
			`sixseed_quota_left_bytes{family="ipv4"} 3
sixseed_upload_available_bytes_per_second{family="ipv4"} 2
sixseed_upload_limit_bytes_per_second{family="ipv4"} 1
sixseed_upload_mode{mode="auto"} 0
sixseed_upload_mode{mode="limited"} 0
sixseed_upload_mode{mode="unlimited"} 0
sixseed_upload_slots{family="ipv4"} 4
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := busy()
			shown.status.Upload, shown.status.Families.V4 = tt.upload, tt.ipv4
			if got := sharingSeries(get(t, newServer(t, shown), "/metrics").body); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// sharingSeries returns those lines of an exposition that say what IPv4 may have, and in which mode.
func sharingSeries(exposition string) string {
	var lines strings.Builder
	for line := range strings.Lines(ours(exposition)) {
		for _, name := range []string{"quota_left_bytes", "upload_available", "upload_limit", "upload_mode", "upload_slots"} {
			if strings.HasPrefix(line, "sixseed_"+name) && !strings.Contains(line, `"ipv6"`) {
				lines.WriteString(line)
			}
		}
	}
	return lines.String()
}
