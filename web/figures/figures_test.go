package figures_test

import (
	"math"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/web/figures"
)

func TestBytes(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0:                     "0 B",
		999:                   "999 B",
		1000:                  "1.00 kB",
		9_994:                 "9.99 kB",
		9_995:                 "10.0 kB",
		99_950:                "100 kB",
		999_499:               "999 kB",
		999_500:               "1.00 MB",
		1_234_000_000_000:     "1.23 TB",
		math.MaxInt64:         "9.22 EB",
		-5:                    "-5 B",
		-1_500_000:            "-1.50 MB",
		999_499_999_999_999:   "999 TB",
		1_000_000_000_000_000: "1.00 PB",
	} {
		if got := figures.Bytes(bytes); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	for rate, want := range map[int64]string{0: "0 B/s", 2_100_000: "2.10 MB/s", 117_000_000: "117 MB/s"} {
		if got := figures.Rate(rate); got != want {
			t.Errorf("Rate(%d) = %q, want %q", rate, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]string{
		0: "0 %", 0.001: "<1 %", 0.005: "1 %", 0.42: "42 %", 0.994: "99 %", 0.999: ">99 %", 1: "100 %", math.NaN(): "–",
	} {
		if got := figures.Share(share); got != want {
			t.Errorf("Share(%v) = %q, want %q", share, got, want)
		}
	}
}

func TestShareOf(t *testing.T) {
	t.Parallel()
	for of, want := range map[[2]int64]string{{0, 0}: "–", {0, 5}: "0 %", {1, 3}: "33 %", {5, 5}: "100 %"} {
		if got := figures.ShareOf(of[0], of[1]); got != want {
			t.Errorf("ShareOf(%d, %d) = %q, want %q", of[0], of[1], got, want)
		}
	}
}

func TestFamily(t *testing.T) {
	t.Parallel()
	if names := family.Both(figures.Family); names.V6 != "IPv6" || names.V4 != "IPv4" {
		t.Errorf("got %+v", names)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1 000", 1_234_567: "1 234 567", -999: "-999", -1000: "-1 000",
	} {
		if got := figures.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:                   "0 s",
		999 * time.Millisecond:         "0 s",
		59 * time.Second:               "59 s",
		time.Minute:                    "1 min 0 s",
		3*time.Hour + 59*time.Minute:   "3 h 59 min",
		76*time.Hour + 30*time.Minute:  "3 d 4 h",
		400*24*time.Hour + time.Second: "400 d 0 h",
	} {
		if got := figures.Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}
