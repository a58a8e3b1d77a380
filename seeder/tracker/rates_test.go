package tracker_test

import (
	"testing"
	"time"

	"sixseed/seeder/tracker"
)

func TestRates_Allow(t *testing.T) {
	t.Parallel()
	rate := tracker.Rate{PerSecond: 2, Burst: 10}
	allowed := func(r tracker.Rates, now time.Time, network uint64) (n int) {
		for range 100 {
			if r.Allow(now, network, rate) {
				n++
			}
		}
		return n
	}
	for name, test := range map[string]struct {
		later time.Duration
		want  int
	}{
		"NothingLeft":     {0, 0},
		"OneMore":         {500 * time.Millisecond, 1},
		"OfSeconds":       {3 * time.Second, 6},
		"NoMoreThanBurst": {time.Hour, 10},
		"ClockSetBack":    {-time.Hour, 10}, // and nobody waits until it comes round again
	} {
		r := tracker.NewRates(100, noon)
		if got := allowed(r, noon, 7); got != 10 {
			t.Fatalf("%s: at first %d are allowed", name, got)
		}
		if got := allowed(r, noon.Add(test.later), 7); got != test.want {
			t.Errorf("%s: %d are allowed, want %d", name, got, test.want)
		}
	}
	t.Run("NoLimit", func(t *testing.T) {
		t.Parallel()
		r := tracker.NewRates(1, noon)
		for range 1_000 {
			if !r.Allow(noon, 7, tracker.Rate{}) {
				t.Fatal("refused")
			}
		}
	})
	t.Run("NetworksAreApart", func(t *testing.T) {
		t.Parallel()
		r := tracker.NewRates(1_000, noon)
		for network := range uint64(20) {
			if got := allowed(r, noon, network); got != 10 {
				t.Errorf("network %d is allowed %d", network, got)
			}
		}
	})
}

// However many networks are heard from once, one that has used up its rate is not forgotten for them.
func TestRates_Allow_RemembersWhoIsOverTheRate(t *testing.T) {
	t.Parallel()
	r, rate := tracker.NewRates(4, noon), tracker.Rate{PerSecond: 1, Burst: 50}
	for r.Allow(noon, 1, rate) {
	}
	for network := range uint64(10_000) {
		if !r.Allow(noon, 2+network, rate) {
			t.Fatalf("network %d is refused its first", 2+network)
		}
	}
	if r.Allow(noon, 1, rate) {
		t.Error("what it has used up was forgotten")
	}
}
