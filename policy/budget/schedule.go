package budget

import (
	"time"

	"sixseed/policy/family"
)

// Window is a time of the week at which other limits hold. It goes by what a clock on the wall shows: where clocks go
// forward it may be shorter or not be at all, and where they go back it may come twice. The zero values of Days and Hours
// are always.
type Window struct {
	Days   Days // on which it begins: one past midnight goes on into the next day
	Hours  Hours
	Limits Overrides
}

// Overrides are the limits that a window names, as in Limits. Those that are nil stay as they are.
type Overrides struct {
	Upload *int64
	Family family.Pair[*int64]
	Floor  *int64
}

// scheduled returns the limits that hold at now, but for quotas. None of them is negative.
func (p Plan) scheduled(now time.Time) Limits {
	limits := p.Limits
	wall := now.In(p.zone())
	for _, window := range p.Schedule {
		if window.holds(wall) {
			window.Limits.apply(&limits)
		}
	}
	limits.Upload = max(0, limits.Upload)
	limits.Family = family.Both(func(f family.Family) int64 { return max(0, limits.Family.Get(f)) })
	limits.Floor = max(0, limits.Floor)
	return limits
}

// boundary returns the next instant at which a window may begin or end, or the end of the period if that comes first.
func (p Plan) boundary(now time.Time, period Period) time.Time {
	next := period.To
	if len(p.Schedule) == 0 {
		return next
	}
	earlier := func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	// Up to the next change of the clocks, time on the wall passes like any other.
	wall := now.In(p.zone())
	if _, change := wall.ZoneBounds(); !change.IsZero() {
		earlier(change)
	}
	for _, window := range p.Schedule {
		earlier(now.Add(untilClock(wall, window.Hours.From)))
		earlier(now.Add(untilClock(wall, window.Hours.Until)))
	}
	return next
}

// untilClock returns how long it is until a clock on the wall shows the minute of the day: more than 0, at most a day.
func untilClock(wall time.Time, minute int) time.Duration {
	hour, minutes, seconds := wall.Clock()
	shown := time.Duration(hour)*time.Hour + time.Duration(minutes)*time.Minute +
		time.Duration(seconds)*time.Second + time.Duration(wall.Nanosecond())
	wait := (time.Duration(minute)*time.Minute - shown) % day
	if wait <= 0 {
		wait += day
	}
	return wait
}

// holds says whether the window is open when a clock shows wall.
func (w Window) holds(wall time.Time) bool {
	minute := wall.Hour()*60 + wall.Minute()
	today := wall.Weekday()
	if w.Hours.end() <= minutesOfDay {
		return w.Days.has(today) && w.Hours.From <= minute && minute < w.Hours.end()
	}
	yesterday := (today + 6) % 7
	return w.Days.has(today) && w.Hours.From <= minute || w.Days.has(yesterday) && minute < w.Hours.Until
}

func (o Overrides) apply(limits *Limits) {
	for _, override := range [...]struct{ named, limit *int64 }{
		{o.Upload, &limits.Upload},
		{o.Family.V4, &limits.Family.V4},
		{o.Family.V6, &limits.Family.V6},
		{o.Floor, &limits.Floor},
	} {
		if override.named != nil {
			*override.limit = *override.named
		}
	}
}
