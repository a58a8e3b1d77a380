package announce

import (
	"errors"
	"slices"

	"sixseed/policy/family"
)

// trackerKey names a tracker by what is shown of its URL, so that passkeys do not make many trackers of one.
type trackerKey struct {
	url    string
	family family.Family
}

// tracker is a tracker over one family: its queue and its health.
type tracker struct {
	trackerKey
	transport transport
	listings  int // how many name it

	queue    []*tier
	offered  bool // it is on the announcer's list of those with room
	inFlight int

	working   int  // listings whose last announce it accepted
	silent    int  // exchanges in a row that brought no answer
	failing   bool // it is asked by one tier at a time
	lastError string
}

// failingAfter is how many exchanges in a row have to go unanswered before a tracker that works for other torrents
// counts as failing.
const failingAfter = 3

// healthChange is a change of a tracker's health that is worth a line in the log.
type healthChange int

const (
	unchanged healthChange = iota
	turnedBad
	turnedGood
)

// room returns how many exchanges with the tracker there may be at a time. One that is failing is only probed.
func (tr *tracker) room(limit int) int {
	if tr.failing {
		return 1
	}
	return limit
}

// note judges the tracker's health by an exchange that has ended with err, or well. A name without an address in a family
// says nothing about the tracker's health. A refusal does only if the tracker accepts nobody.
func (tr *tracker) note(err error) healthChange {
	if err == nil {
		tr.silent = 0
		if tr.failing {
			tr.failing = false
			return turnedGood
		}
		return unchanged
	}
	tr.lastError = printable(err.Error())
	if _, ok := errors.AsType[noAddressError](err); ok {
		return unchanged
	}
	if _, refused := errors.AsType[*refusalError](err); refused {
		tr.silent = 0
	} else {
		tr.silent++
	}
	if !tr.failing && (tr.working == 0 || tr.silent >= failingAfter) {
		tr.failing = true
		return turnedBad
	}
	return unchanged
}

func (tr *tracker) enqueue(t *tier) { tr.queue = append(tr.queue, t) }

func (tr *tracker) enqueueFirst(t *tier) { tr.queue = slices.Insert(tr.queue, 0, t) }

func (tr *tracker) dequeue(t *tier) {
	if i := slices.Index(tr.queue, t); i >= 0 {
		tr.queue = slices.Delete(tr.queue, i, i+1)
	}
}

// setWorking keeps the tracker's count of working listings.
func (l *listing) setWorking(working bool) {
	if working == l.working {
		return
	}
	l.working = working
	if working {
		l.tracker.working++
	} else {
		l.tracker.working--
	}
}
