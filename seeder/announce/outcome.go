package announce

import (
	"errors"
	"time"
)

// outcome is how an exchange has ended.
type outcome struct {
	req         request
	resp        response
	err         error
	interrupted bool // by Remove, by the end of Run, or because a goodbye took too long
}

// settle puts o on record and gives t its next place. It returns how the tracker's health has changed.
func (a *Announcer) settle(t *tier, o outcome) healthChange {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.changed()
	l := t.turn
	t.turn, t.interrupt = nil, nil
	l.tracker.inFlight--
	a.inFlight--
	now := a.config.Now()

	change := unchanged
	if o.err == nil || !o.interrupted {
		change = l.tracker.note(o.err)
		a.count(l.tracker, o.err)
	}
	a.record(l, o, now)
	a.onward(t, l, o, now)
	if change == turnedBad {
		a.reroute(l.tracker, now)
	}
	a.offer(l.tracker)
	return change
}

// record keeps in l what o says about the tracker's view of us.
func (a *Announcer) record(l *listing, o outcome, now time.Time) {
	switch {
	case o.req.Event == stopped:
		l.listed = false // one try is enough: a tracker forgets who does not come back
		l.setWorking(false)
	case o.err == nil:
		l.tried, l.listed = true, true
		l.setWorking(true)
		l.failures, l.after = 0, time.Time{}
		if o.resp.TrackerID != "" {
			l.trackerID = o.resp.TrackerID
		}
	case o.interrupted:
		l.listed = true // for all we know
	default:
		l.tried = true
		l.setWorking(false)
		l.after = now.Add(backoff(o.err, l.failures, a.random()))
		l.failures++
		if refused, ok := errors.AsType[*refusalError](o.err); ok {
			l.gaveUp = refused.Never
		}
	}
}

// onward gives t its next place.
func (a *Announcer) onward(t *tier, l *listing, o outcome, now time.Time) {
	switch {
	case t.torrent.leaving:
		a.enqueue(t, now)
	case o.err == nil:
		t.prefer(l)
		a.schedule(t, now.Add(period(o.resp, a.random())))
	case o.interrupted:
		a.schedule(t, now)
	default:
		a.rest(t)
	}
}

// reroute has the tiers that wait for tr, which has begun to fail, choose again.
func (a *Announcer) reroute(tr *tracker, now time.Time) {
	waiting := tr.queue
	tr.queue = nil
	for _, t := range waiting {
		a.enqueue(t, now)
	}
}
