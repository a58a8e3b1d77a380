package ledger

import "time"

// calendar knows where periods begin in a time zone. Every instant lies in exactly one period of each kind, also on the
// days when clocks change: such a day has 23 or 25 hours, and where clocks change within an hour, the change divides it.
type calendar struct {
	zone       *time.Location
	billingDay int // 1 to 31: the day a month begins; a shorter month begins on its last day
}

// start returns the beginning of the period that t lies in.
func (c calendar) start(p Period, t time.Time) time.Time {
	var start time.Time
	for _, boundary := range c.boundaries(p, t.In(c.zone)) {
		if !boundary.After(t) && boundary.After(start) {
			start = boundary
		}
	}
	return start
}

// next returns the beginning of the first period after t.
func (c calendar) next(p Period, t time.Time) time.Time {
	var next time.Time
	for _, boundary := range c.boundaries(p, t.In(c.zone)) {
		if boundary.After(t) && (next.IsZero() || boundary.Before(next)) {
			next = boundary
		}
	}
	return next
}

// boundaries returns beginnings of periods around t, in no order: the last one up to t and the first one after it are
// among them.
func (c calendar) boundaries(p Period, t time.Time) []time.Time {
	year, month, today := t.Date()
	switch p {
	case FiveMinutes:
		start := t.Truncate(5 * time.Minute)
		return []time.Time{start, start.Add(5 * time.Minute)}
	case Hour:
		start := t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second).Truncate(time.Second)
		change, nextChange := t.ZoneBounds()
		return []time.Time{start, start.Add(time.Hour), change, nextChange}
	// One beyond the next: where clocks go back over midnight, an hour of the new day already lies behind t's date.
	case Day:
		return []time.Time{c.day(year, month, today-1), c.day(year, month, today), c.day(year, month, today+1), c.day(year, month, today+2)}
	default:
		return []time.Time{c.month(year, month-1), c.month(year, month), c.month(year, month+1), c.month(year, month+2)}
	}
}

// month returns the beginning of the month that is billed from year and month on.
func (c calendar) month(year int, month time.Month) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return c.day(year, month, min(c.billingDay, last))
}

// day returns the beginning of a day: midnight, or where clocks skip midnight, the moment they do.
func (c calendar) day(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	change, nextChange := t.ZoneBounds()
	switch hour := t.Hour(); {
	case hour == 0 && t.Minute() == 0:
		return t
	case hour < 12: // time.Date answers with the clock after the change, or
		return change
	default: // with the one before it, on the evening of the day before
		return nextChange
	}
}
