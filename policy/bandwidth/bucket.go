package bandwidth

import (
	"math"
	"time"

	"golang.org/x/time/rate"

	"sixseed/policy/family"
)

const (
	// slack is for how long a limit that nobody used is kept. A sender that wakes up late catches up that way.
	slack = 20 * time.Millisecond
	// never is a wait without an end.
	never time.Duration = math.MaxInt64
	// nanosecondsPerSecond turns a second into a time.Duration.
	nanosecondsPerSecond = float64(time.Second)
)

// bucket holds what a limit allows to send now.
type bucket struct {
	rate    int64 // bytes per second
	longest int64 // turn that is taken out of it, in bytes of block data
	limiter *rate.Limiter
}

func newBucket(now time.Time, rate, longest int64) *bucket {
	b := new(bucket)
	b.set(now, rate, longest)
	return b
}

// set changes the limit. What the bucket holds stays, as far as the new limit allows as much.
func (b *bucket) set(now time.Time, bytesPerSecond, longest int64) {
	if b.limiter != nil && b.rate == bytesPerSecond && b.longest == longest {
		return
	}
	b.rate, b.longest = bytesPerSecond, longest
	burst := int(b.depth())
	if b.limiter == nil {
		b.limiter = rate.NewLimiter(rate.Limit(bytesPerSecond), burst)
		return
	}
	b.limiter.SetLimitAt(now, rate.Limit(bytesPerSecond))
	b.limiter.SetBurstAt(now, burst)
}

// depth is the most that the bucket holds: slack's worth, and the longest turn of each family.
func (b *bucket) depth() int64 {
	if b.rate <= 0 {
		return 0
	}
	const most = 1 << 50 // of a second's worth; beyond it there is no limit to speak of
	worth := float64(min(b.rate, most)) * slack.Seconds()
	return int64(worth) + 2*onWire(family.V6, b.longest)
}

// wait is how long it takes until the bucket holds n bytes.
func (b *bucket) wait(now time.Time, n int64) time.Duration {
	if b.rate == Unlimited {
		return 0
	}
	missing := float64(n) - b.limiter.TokensAt(now)
	switch {
	case missing <= 0:
		return 0
	case b.rate <= 0:
		return never
	}
	seconds := missing / float64(b.rate)
	if seconds >= never.Seconds() {
		return never
	}
	return time.Duration(math.Ceil(seconds * nanosecondsPerSecond))
}

// take takes n bytes out, which must be there.
func (b *bucket) take(now time.Time, n int64) {
	if b.rate != Unlimited {
		b.limiter.AllowN(now, int(n))
	}
}
