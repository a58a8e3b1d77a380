package library

import "time"

// alarm goes off at the earliest of the times it was asked for.
type alarm struct {
	timer *time.Timer
	at    time.Time // zero: it was not asked for any
}

// newAlarm returns an alarm that goes off at once.
func newAlarm() alarm { return alarm{timer: time.NewTimer(0), at: time.Now()} }

// within asks for it to go off before d has passed.
func (a *alarm) within(d time.Duration) {
	if at := time.Now().Add(d); a.at.IsZero() || at.Before(a.at) {
		a.at = at
		a.timer.Reset(d)
	}
}

// rang notes that the timer has fired.
func (a *alarm) rang() { a.at = time.Time{} }

func (a *alarm) stop() { a.timer.Stop() }
