package bandwidth_test

import (
	"testing"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

// using is what two families use that have sent so much for a while, in bytes per second on the wire.
func using(v4, v6 int64) bandwidth.Usage {
	var u bandwidth.Usage
	u.Add(family.Pair[int64]{V4: 10 * v4 * 1448 / 1500, V6: 10 * v6 * 1428 / 1500}, 10*time.Second)
	return u
}

func TestLimits_Available(t *testing.T) {
	t.Parallel()
	const upload, cap4, cap6, floor = 1_000_000, 300_000, 700_000, 100_000
	withCaps := limits(upload)
	withCaps.Family = family.Pair[int64]{V4: cap4, V6: cap6}
	withFloor := limits(upload)
	withFloor.Floor = floor
	capsAlone := bandwidth.None()
	capsAlone.Family = withCaps.Family
	stopped := limits(upload)
	stopped.Family.V4 = 0

	for name, c := range map[string]struct {
		limits bandwidth.Limits
		usage  bandwidth.Usage
		v4, v6 int64
	}{
		"NoLimits":             {bandwidth.None(), using(5e6, 5e6), bandwidth.Unlimited, bandwidth.Unlimited},
		"Idle":                 {limits(upload), using(0, 0), upload, upload},
		"IPv6TakesSome":        {limits(upload), using(0, 400_000), 600_000, upload},
		"IPv6TakesAll":         {limits(upload), using(0, upload), 0, upload},
		"IPv6TakesMore":        {limits(upload), using(0, 2*upload), 0, upload},
		"IPv4TakesAll":         {limits(upload), using(upload, 0), upload, upload},
		"Caps":                 {withCaps, using(0, 0), cap4, cap6},
		"CapsAndIPv6TakesMost": {withCaps, using(0, cap6+100_000), 200_000, cap6},
		"CapsAlone":            {capsAlone, using(0, 5e6), cap4, cap6},
		"FloorIsIPv4s":         {withFloor, using(0, upload), floor, upload}, // which does not use it
		"FloorIsUsed":          {withFloor, using(floor, upload), floor, upload - floor},
		"MoreThanTheFloor":     {withFloor, using(upload, 0), upload, upload - floor},
		"IPv4Stopped":          {stopped, using(0, 0), 0, upload},
		"NothingMayBeSent":     {limits(0), using(0, 0), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.limits.Available(c.usage)
			if !near(got.V4, c.v4) || !near(got.V6, c.v6) {
				t.Errorf("IPv4 could have %d, IPv6 %d; want %d and %d", got.V4, got.V6, c.v4, c.v6)
			}
		})
	}
}

// near reports whether two rates are the same but for rounding.
func near(a, b int64) bool { return a-b < 10 && b-a < 10 }

func TestUsage_IsWhatWasSentOfLate(t *testing.T) {
	t.Parallel()
	left := func(u bandwidth.Usage) int64 { return limits(1_000_000).Available(u).V4 }
	u := using(0, 800_000)
	u.Add(family.Pair[int64]{V6: 1 << 40}, 0)            // no time has passed
	u.Add(family.Pair[int64]{V6: 1 << 40}, -time.Second) // or less
	if got := left(u); !near(got, 200_000) {
		t.Errorf("IPv4 could have %d, want what IPv6 leaves", got)
	}
	u.Add(family.Pair[int64]{}, 200*time.Millisecond)
	if got := left(u); got < 600_000 || got > 800_000 {
		t.Errorf("IPv4 could have %d a fifth of a second after the last byte over IPv6, want most", got)
	}
	u.Add(family.Pair[int64]{}, 2*time.Second)
	if got := left(u); got < 999_000 {
		t.Errorf("IPv4 could have %d two seconds after the last byte over IPv6, want all", got)
	}
}
