package words_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/words"
)

// shared returns a status in which nothing is limited, changed by change.
func shared(mode string, change func(*seeder.Status)) seeder.Status {
	free := seeder.FamilyStatus{Limit: seeder.Unlimited, Available: seeder.Unlimited, Quota: seeder.Unlimited}
	status := seeder.Status{
		Families: family.Pair[seeder.FamilyStatus]{V4: free, V6: free},
		Upload: seeder.UploadStatus{
			Mode: mode, Limit: seeder.Unlimited, Quota: seeder.Unlimited,
			Period: time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("", 3600)), // not yet December in UTC
		},
	}
	change(&status)
	return status
}

func TestSharing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status seeder.Status
		want   []string
	}{
		"NothingKnown": {seeder.Status{}, nil},
		"NoIPv6": {
			shared("auto", func(s *seeder.Status) { s.Upload.State = "no IPv6 peer takes anything" }),
			[]string{"Upload is automatic.", "No IPv6 peer takes anything: IPv4 without a limit."},
		},
		"IPv6WantsMore": {
			shared("auto", func(s *seeder.Status) {
				s.Upload.State = "IPv6 peers want more"
				s.Families.V4.Available = 2_100_000
			}),
			[]string{"Upload is automatic.", "IPv6 peers want more: IPv4 at 2.10 MB/s."},
		},
		"LowerLimitThanLeftover": {
			shared("auto", func(s *seeder.Status) {
				s.Upload.State = "the link has room"
				s.Upload.Limit = 50_000_000
				s.Families.V4.Limit, s.Families.V4.Available = 5_000_000, 40_000_000
			}),
			[]string{"Upload is automatic, but at most 50.0 MB/s.", "The link has room: IPv4 at 5.00 MB/s."},
		},
		"Floor": {
			shared("limited", func(s *seeder.Status) {
				s.Upload.Limit, s.Upload.Floor = 50_000_000, 100_000
				s.Families.V4.Available = 100_000
			}),
			[]string{"Upload is limited to 50.0 MB/s.", "IPv6 first: IPv4 at 100 kB/s, its floor is 100 kB/s."},
		},
		"NothingLeft": {
			shared("limited", func(s *seeder.Status) { s.Upload.Limit, s.Families.V4.Available = 1, 0 }),
			[]string{"Upload is limited to 1 B/s.", "IPv6 first: nothing is left for IPv4."},
		},
		"Unlimited": {
			shared("unlimited", func(*seeder.Status) {}),
			[]string{"Upload is unlimited.", "IPv6 first: IPv4 without a limit."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, words.Sharing(tt.status)); diff != "" {
				t.Errorf("sentences (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSharing_Reasons(t *testing.T) {
	t.Parallel()
	const (
		ipv4 = "IPv4 is stopped: its 2 TB are used up"
		ipv6 = "IPv6 is slowed to 1.54 MB/s: 400 GB of its 1 TB are left for 15 days"
		both = "both families together are slowed to 20 MB/s by the schedule"
	)
	for name, tt := range map[string]struct {
		reason family.Pair[string]
		want   []string
	}{
		"Own":    {family.Pair[string]{V4: ipv4}, []string{ipv4 + "."}},
		"Each":   {family.Pair[string]{V4: ipv4, V6: ipv6}, []string{ipv6 + ".", ipv4 + "."}},
		"Common": {family.Pair[string]{V4: both, V6: both}, []string{"B" + both[1:] + "."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := shared("unlimited", func(s *seeder.Status) {
				s.Families.V4.Reason, s.Families.V6.Reason = tt.reason.V4, tt.reason.V6
			})
			if diff := cmp.Diff(tt.want, words.Sharing(status)[2:]); diff != "" {
				t.Errorf("sentences (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSharing_Quotas(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]func(*seeder.Status){
		"IPv6": func(s *seeder.Status) { s.Families.V6.Quota = 0 },
		"IPv4": func(s *seeder.Status) { s.Families.V4.Quota = 1 },
		"Both": func(s *seeder.Status) { s.Upload.Quota = 1_000_000_000_000 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := []string{"Quotas begin anew on 2026-12-01."}
			if diff := cmp.Diff(want, words.Sharing(shared("unlimited", limit))[2:]); diff != "" {
				t.Errorf("sentences (-want +got)\n%s", diff)
			}
		})
	}
}
