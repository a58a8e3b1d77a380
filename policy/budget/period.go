package budget

import "time"

// Period is a billing period: from From on, up to but without To.
type Period struct {
	From, To time.Time
}

// period returns the billing period that now lies in. It is the ledger's month.
func (p Plan) period(now time.Time) Period {
	year, month, _ := now.In(p.zone()).Date()
	month += 2 // begins after now, whatever the billing day
	period := Period{To: p.begins(year, month)}
	for {
		month--
		if period.From = p.begins(year, month); !period.From.After(now) {
			return period
		}
		period.To = period.From
	}
}

// begins returns when the period begins that is billed from year and month on: at midnight or, where clocks skip midnight,
// when they do.
func (p Plan) begins(year int, month time.Month) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	t := time.Date(year, month, max(1, min(p.BillingDay, last)), 0, 0, 0, 0, p.zone())
	// Of a midnight that clocks skip, time.Date makes the moment they do, or the evening before.
	if _, change := t.ZoneBounds(); t.Hour() >= 12 {
		return change
	}
	return t
}

func (p Plan) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
