// Package budget says which upload limits hold now: those of the configuration, changed by schedules, and lowered so that
// what is left of a monthly quota lasts until the end of the period.
//
// # A question and an answer
//
// A Plan is what the admin wants. It is asked with the time and with what has been sent, and answers with a Decision. It
// knows no clock and remembers nothing, so that a clock set wrong, a restart or a new configuration do no lasting harm:
// the next answer depends on nothing but the next question. Whoever asks does so again at Decision.Until at the latest.
//
// # Who gives way
//
// Of the quota for both families, what IPv6 is expected to need until the end of the period is set aside first. The rest
// is IPv4's, which is paced from the first day on: it may always send an even share of what is left and, spread over half
// a day, whatever it is behind the even pace plus a day (see account.limitV4). So nights and quiet weeks are not lost, and
// nothing is left at the end that somebody wanted.
//
// IPv6 gives way last. The quota for both families does not touch it before IPv4 has stopped, that is, got down to its
// floor; its own quota does not before it is expected to run out. A used-up quota stops a family, floor or not, because a
// quota is a promise to whoever pays the bill.
package budget

import (
	"math"
	"time"

	"sixseed/policy/family"
)

// Unlimited is the absence of a limit or of a quota.
const Unlimited = math.MaxInt64

// Interval is how long an answer holds at most while there is a quota. A quota is not exceeded by more than what a family
// without a limit can send in that time.
const Interval = time.Minute

// Limits are upload rates in bytes per second as they go over the wire, in IP packets. Unlimited is none.
type Limits struct {
	Upload int64              // both families together
	Family family.Pair[int64] // each of them
	Floor  int64              // what IPv4 keeps even when IPv6 could use all
}

// Quota is what may be sent in a billing period, in bytes. Unlimited is no quota.
type Quota struct {
	Total  int64              // both families together
	Family family.Pair[int64] // each of them
}

// Recent is what was sent of late, which forecasts go by: best in the last seven days, in whatever period they lie.
type Recent struct {
	Bytes family.Pair[int64]
	Over  time.Duration // the time they were sent in, up to now; 0: unknown, and the running period stands in
}

// Plan is what the admin wants. Its zero value lets nothing through: limits and quotas that are not wanted are Unlimited.
type Plan struct {
	Limits     Limits
	Quota      Quota
	Schedule   []Window       // where several name a limit, the last one of those that hold wins
	Zone       *time.Location // what days and hours are those of; nil: UTC
	BillingDay int            // 1 to 31: the day a period begins; in a shorter month it is the last one
}

// Decision is what a plan says about one instant.
type Decision struct {
	Limits    Limits              // those that hold; the floor is never above IPv4's limit
	Until     time.Time           // when to ask again at the latest
	Period    Period              // the billing period
	Left      Quota               // what is left of the quotas
	Forecast  family.Pair[int64]  // bytes sent by the end of the period if it goes on like this, within quotas
	Exhausted family.Pair[bool]   // a quota is used up: nothing may be sent before the period ends
	Reason    family.Pair[string] // why a quota or the schedule lowers the family's limit, in a sentence; or empty
}

// At returns what holds at now, used being the bytes sent since the billing period began.
func (p Plan) At(now time.Time, used family.Pair[int64], recent Recent) Decision {
	period := p.period(now)
	a := p.account(now, period, used, recent)
	var paced family.Pair[int64]
	paced.V4 = a.limitV4()
	paced.V6 = a.limitV6(paced.V4)

	limits := a.limits
	limits.Family, limits.Floor = paced, a.floor()
	until := p.boundary(now, period)
	if soon := now.Add(Interval); p.Quota.finite() && soon.Before(until) {
		until = soon
	}
	return Decision{
		Limits:    limits,
		Until:     until,
		Period:    period,
		Left:      a.left,
		Forecast:  a.forecast(),
		Exhausted: family.Both(a.exhausted),
		Reason:    family.Both(func(f family.Family) string { return p.reason(a, f, paced.Get(f)) }),
	}
}

// finite says whether there is any quota.
func (q Quota) finite() bool { return min(q.Total, q.Family.V4, q.Family.V6) != Unlimited }

// minus returns what is left of q.
func (q Quota) minus(used family.Pair[int64]) Quota {
	return Quota{
		Total:  remaining(q.Total, plus(used.V4, used.V6)),
		Family: family.Both(func(f family.Family) int64 { return remaining(q.Family.Get(f), used.Get(f)) }),
	}
}

func remaining(quota, used int64) int64 {
	if quota == Unlimited {
		return Unlimited
	}
	return max(0, max(0, quota)-used)
}
