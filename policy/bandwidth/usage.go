package bandwidth

import (
	"math"
	"time"

	"sixseed/policy/family"
)

// smoothing is over how long rates are averaged.
const smoothing = 200 * time.Millisecond

// Usage is what the families have been sent of late. The zero value is nothing.
type Usage struct {
	rates family.Pair[float64] // bytes per second as limits count them, smoothed
}

// Add says how many bytes of block data were sent in the time that has passed since the last call.
func (u *Usage) Add(sent family.Pair[int64], elapsed time.Duration) {
	if elapsed <= 0 {
		return
	}
	for _, f := range family.All {
		onWire := float64(sent.Get(f)) * packet / float64(segment.Get(f))
		approach(u.rates.At(f), onWire/elapsed.Seconds(), elapsed, smoothing)
	}
}

// approach moves a mean towards a value that was there for some of the time that it is the mean of.
func approach(mean *float64, value float64, elapsed, over time.Duration) {
	*mean += (1 - math.Exp(-elapsed.Seconds()/over.Seconds())) * (value - *mean)
}

// total is the rate of both families.
func (u *Usage) total() float64 { return u.rates.V4 + u.rates.V6 }

// Available returns what each family could have while the other uses what it does, in bytes per second: all but the
// floor for IPv6, the leftover for IPv4.
func (l Limits) Available(u Usage) family.Pair[int64] {
	available := family.Both(l.of)
	if l.Upload == Unlimited {
		return available
	}
	left := max(l.Upload-int64(u.rates.V6), l.Floor, 0)
	available.V4 = min(available.V4, left)
	kept := min(l.Floor, int64(u.rates.V4))
	available.V6 = min(available.V6, max(l.Upload-kept, 0))
	return available
}
