package budget

import (
	"math"
	"time"

	"sixseed/policy/family"
)

const (
	catchUp  = 12 * time.Hour // how long IPv4 takes to use what it has saved
	lead     = day            // how far IPv4 may be ahead of the even pace
	lastDays = 3 * day        // how long what is left for IPv6 has to last at least, once it is slowed
	settle   = 2 * day        // a mean over less than this says little: what is missing counts as quiet
)

// account is how the quotas of a period stand at one instant.
type account struct {
	limits        Limits // without quotas
	quota, left   Quota
	used          family.Pair[int64]
	expected      family.Pair[int64] // bytes until the end of the period at the mean rate of late, if no quota ended it
	elapsed, rest time.Duration      // of the period
}

func (p Plan) account(now time.Time, period Period, used family.Pair[int64], recent Recent) account {
	used = family.Both(func(f family.Family) int64 { return max(0, used.Get(f)) })
	elapsed, rest := now.Sub(period.From), period.To.Sub(now)
	if recent.Over <= 0 {
		recent = Recent{Bytes: used, Over: elapsed}
	}
	over := max(recent.Over, settle)
	return account{
		limits: p.scheduled(now),
		quota:  p.Quota,
		left:   p.Quota.minus(used),
		used:   used,
		expected: family.Both(func(f family.Family) int64 {
			return whole(float64(max(0, recent.Bytes.Get(f))) * ratio(rest, over))
		}),
		elapsed: elapsed,
		rest:    rest,
	}
}

// exhausted says whether a quota stops f.
func (a account) exhausted(f family.Family) bool {
	return a.left.Total == 0 || a.left.Family.Get(f) == 0
}

// floor returns what IPv4 keeps in any case: nothing if a quota is used up.
func (a account) floor() int64 {
	if a.exhausted(family.V4) {
		return 0
	}
	return min(a.limits.Floor, a.limits.Family.V4, a.limits.Upload)
}

// atFloor returns what IPv4 sends at its floor until the end of the period.
func (a account) atFloor() int64 { return whole(float64(a.floor()) * a.rest.Seconds()) }

// setAside returns what is kept for IPv6 of the quota for both families: what it is expected to need, and up to half a day
// more, as the rest of a day may be its busy half. Towards the end that comes free again.
func (a account) setAside() int64 {
	more := float64(a.expected.V6) * ratio(min(day/2, a.rest/4), a.rest)
	return min(plus(a.expected.V6, whole(more)), a.left.Family.V6)
}

// spare returns what IPv4 may send until the end of the period without cutting into IPv6's.
func (a account) spare() int64 {
	if a.left.Total == Unlimited {
		return a.left.Family.V4
	}
	return min(a.left.Family.V4, max(0, a.left.Total-a.setAside()))
}

// limitV4 paces IPv4. What it may send until the end of the period it may send evenly. What it is behind an even pace from
// the beginning of the period on, it may catch up with within half a day, and even get ahead by a day: so it has room to
// move with day and night. Towards the end there is less to get ahead by, or nothing would be left for the last hours.
func (a account) limitV4() int64 {
	spare := a.spare()
	switch {
	case a.exhausted(family.V4):
		return 0
	case spare == Unlimited:
		return a.limits.Family.V4
	}
	ahead := min(lead, a.rest/4)
	share := float64(spare) + float64(a.used.V4)
	saved := share*ratio(a.elapsed+ahead, a.elapsed+a.rest) - float64(a.used.V4)
	rate := evenly(spare, a.rest) + max(0, saved)/catchUp.Seconds()
	return min(a.limits.Family.V4, max(whole(rate), a.floor()))
}

// limitV6 slows IPv6 down only if it is expected to outrun its own quota or, once IPv4 has got v4, no more than its floor,
// what that leaves of the quota for both families. Even then it is the last days' worth that is spread, not the period's:
// a busy week does not slow IPv6 down as long as it may pass.
func (a account) limitV6(v4 int64) int64 {
	left := a.left.Family.V6
	if v4 <= a.floor() && a.left.Total != Unlimited {
		left = min(left, a.left.Total-min(a.atFloor(), a.left.Total/2))
	}
	switch {
	case a.exhausted(family.V6):
		return 0
	case a.expected.V6 <= left:
		return a.limits.Family.V6
	}
	return min(a.limits.Family.V6, whole(evenly(left, min(a.rest/2, lastDays))))
}

// forecast returns what will have been sent by the end of the period: as of late, and no more than quotas allow.
func (a account) forecast() family.Pair[int64] {
	v4 := min(a.expected.V4, max(a.spare(), a.atFloor()), a.left.Family.V4, a.left.Total)
	v6 := min(a.expected.V6, a.left.Family.V6, remaining(a.left.Total, v4))
	return family.Pair[int64]{V4: plus(a.used.V4, v4), V6: plus(a.used.V6, v6)}
}

// evenly returns the rate, in bytes per second, at which bytes last for a time: no less than for an interval, the time
// until the question is asked again.
func evenly(bytes int64, over time.Duration) float64 {
	return float64(bytes) / max(over, Interval).Seconds()
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// whole rounds x, which is not negative, down.
func whole(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(x)
}

// plus adds amounts that are not negative.
func plus(a, b int64) int64 { return a + min(b, math.MaxInt64-a) }
