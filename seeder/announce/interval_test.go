package announce_test

import (
	"testing"
	"time"

	"sixseed/seeder/announce"
)

// Jitter may not make an announce come too early, nor, however it falls, later than a tenth.
func TestJitter(t *testing.T) {
	t.Parallel()
	for _, random := range []float64{0, 0.5, 0.999} {
		most := time.Duration(1800 * (1 + random/10) * float64(time.Second))
		resp := announce.Response{Interval: 30 * time.Minute, MinInterval: 30 * time.Minute}
		if got := announce.Period(resp, random); got < 30*time.Minute || (got-most).Abs() > time.Millisecond {
			t.Errorf("period with %v: %v, want %v", random, got, most)
		}
		if got := announce.Backoff(errDown, 40, random); got < 30*time.Minute || (got-most).Abs() > time.Millisecond {
			t.Errorf("backoff with %v: %v, want %v", random, got, most)
		}
	}
}
