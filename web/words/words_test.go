package words_test

import (
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/words"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[seeder.Rate]string{
		0: "0 B/s", 1: "1 B/s", 12_500_000_000: "12.5 GB/s", seeder.Unlimited - 1: "9.22 EB/s", seeder.Unlimited: "unlimited",
	} {
		if got := words.Limit(limit); got != want {
			t.Errorf("Limit(%d) = %q, want %q", limit, got, want)
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	for left, want := range map[seeder.Rate]string{0: "0 B", 640_000_000_000: "640 GB", seeder.Unlimited: "no quota"} {
		if got := words.Quota(left); got != want {
			t.Errorf("Quota(%d) = %q, want %q", left, got, want)
		}
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	const none = 0 // everybody who is interested gets one
	for name, tt := range map[string]struct {
		slots     int
		held, may family.Pair[int]
		want      family.Pair[string]
		wantBoth  string
	}{
		"NoLimit": {
			slots: none, held: family.Pair[int]{V6: 1_040, V4: 7},
			want: family.Pair[string]{V6: "1 040", V4: "7"}, wantBoth: "1 047",
		},
		"OneFamilyLimited": {
			slots: none, held: family.Pair[int]{V6: 40, V4: 3}, may: family.Pair[int]{V4: 5},
			want: family.Pair[string]{V6: "40", V4: "3 of 5"}, wantBoth: "43",
		},
		"AllToIPv6": {
			slots: 40, held: family.Pair[int]{V6: 38}, may: family.Pair[int]{V6: 40},
			want: family.Pair[string]{V6: "38 of 40", V4: "0 of 0"}, wantBoth: "38 of 40",
		},
		"Shared": {
			slots: 2_000, held: family.Pair[int]{V6: 1_200, V4: 800}, may: family.Pair[int]{V6: 1_200, V4: 800},
			want: family.Pair[string]{V6: "1 200 of 1 200", V4: "800 of 800"}, wantBoth: "2 000 of 2 000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := seeder.Status{Upload: seeder.UploadStatus{Slots: tt.slots}}
			for _, f := range family.All {
				*status.Families.At(f) = seeder.FamilyStatus{Unchoked: tt.held.Get(f), UploadSlots: tt.may.Get(f)}
			}
			got := family.Both(func(f family.Family) string { return words.Slots(status, f) })
			if got != tt.want {
				t.Errorf("slots are %+v, want %+v", got, tt.want)
			}
			if both := words.AllSlots(status); both != tt.wantBoth {
				t.Errorf("all slots are %q, want %q", both, tt.wantBoth)
			}
		})
	}
}

func TestLongestWait(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{0: "0 s", 0.9: "0 s", 62.4: "1 min 2 s", 86_400: "1 d 0 h"} {
		if got := words.LongestWait(seeder.FamilyStatus{Waiting: 1, LongestWait: seconds}); got != want {
			t.Errorf("a wait of %v s is %q, want %q", seconds, got, want)
		}
	}
	if got := words.LongestWait(seeder.FamilyStatus{}); got != "–" {
		t.Errorf("nobody waits, and the longest wait is %q", got)
	}
}
