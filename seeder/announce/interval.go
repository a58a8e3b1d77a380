package announce

import (
	"errors"
	"time"
)

// What is made of a tracker's wish for an interval.
const (
	standardInterval = 30 * time.Minute // when it names none
	shortestInterval = time.Minute
	longestInterval  = 2 * time.Hour
	longestWait      = 24 * time.Hour // of a minimum, or of a refusal's `retry in`
)

// How long a listing rests after failures: the first wait, doubled with every further failure up to a longest one.
const (
	firstBackoff     = 30 * time.Second
	longestBackoff   = 30 * time.Minute
	longestNoAddress = time.Hour // names get an address in a family when somebody moves a server, not by the minute
)

// period returns the time from an announce that resp accepted to the next one. random is in [0, 1): it spreads over a
// tenth of the period what began in lockstep, and only to the later side, for a minimum is a minimum.
func period(resp response, random float64) time.Duration {
	interval := resp.Interval
	if interval == 0 {
		interval = standardInterval
	}
	interval = min(max(interval, shortestInterval), longestInterval)
	interval = max(interval, min(resp.MinInterval, longestWait))
	return spread(interval, random)
}

// backoff returns the time from a failure to the next attempt, where failures counts those before this one, in a row.
func backoff(err error, failures int, random float64) time.Duration {
	if refused, ok := errors.AsType[*refusalError](err); ok && refused.RetryIn > 0 {
		return spread(refused.RetryIn, random)
	}
	longest := longestBackoff
	if _, ok := errors.AsType[noAddressError](err); ok {
		longest = longestNoAddress
	}
	wait := firstBackoff
	for range failures {
		wait = min(2*wait, longest)
	}
	return spread(wait, random)
}

func spread(d time.Duration, random float64) time.Duration {
	return d + time.Duration(random*float64(d)/10)
}
