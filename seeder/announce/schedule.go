package announce

import (
	"container/heap"
	"time"
)

// unscheduled is the index of a tier that is not in the schedule.
const unscheduled = -1

// schedule is a heap of tiers, the one due first on top.
type schedule []*tier

var _ heap.Interface = (*schedule)(nil)

func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].due.Before(s[j].due) }

func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

// Push is heap.Interface's.
func (s *schedule) Push(x any) {
	t := x.(*tier)
	t.index = len(*s)
	*s = append(*s, t)
}

// Pop is heap.Interface's.
func (s *schedule) Pop() any {
	last := len(*s) - 1
	t := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	t.index = unscheduled
	return t
}

// schedule makes t wait until due.
func (a *Announcer) schedule(t *tier, due time.Time) {
	t.due = due
	heap.Push(&a.due, t)
}

// unschedule takes t out of the schedule or the queue that it waits in.
func (a *Announcer) unschedule(t *tier) {
	if t.index != unscheduled {
		heap.Remove(&a.due, t.index)
	}
	if t.turn != nil && t.interrupt == nil {
		t.turn.tracker.dequeue(t)
		t.turn = nil
	}
}

// enqueue gives t, whose time has come, a place in the queue of the tracker that it is to speak to. Goodbyes come first:
// they make room for a torrent that was added anew, and at the end of Run there is little time.
func (a *Announcer) enqueue(t *tier, now time.Time) {
	if t.torrent.leaving {
		if t.turn = t.owed(); t.turn == nil {
			a.finish(t)
			return
		}
		t.turn.tracker.enqueueFirst(t)
	} else {
		if t.turn = t.choose(now); t.turn == nil {
			a.rest(t)
			return
		}
		t.turn.tracker.enqueue(t)
	}
	a.offer(t.turn.tracker)
}

// rest makes t wait until one of its trackers may be asked again. If there is none, t stays where it is, with its torrent.
func (a *Announcer) rest(t *tier) {
	if due, ok := t.rested(); ok {
		a.schedule(t, due)
	}
}

// offer puts tr on the list of trackers that can be spoken to, if it can.
func (a *Announcer) offer(tr *tracker) {
	if !tr.offered && len(tr.queue) > 0 && tr.inFlight < tr.room(a.perTracker()) {
		tr.offered = true
		a.ready = append(a.ready, tr)
	}
}

// nextTier takes from the queues the tier whose turn it is, each tracker in turn. It returns nil if all have to wait.
func (a *Announcer) nextTier() *tier {
	for a.inFlight < a.concurrency() && len(a.ready) > 0 {
		tr := a.ready[0]
		a.ready = a.ready[1:]
		tr.offered = false
		if len(tr.queue) == 0 || tr.inFlight >= tr.room(a.perTracker()) {
			continue
		}
		t := tr.queue[0]
		tr.queue = tr.queue[1:]
		tr.inFlight++
		a.inFlight++
		a.offer(tr)
		return t
	}
	return nil
}

// hurry is how much wider the limits are while stopping, when everything is to be said within StopTimeout.
const hurry = 4

func (a *Announcer) concurrency() int {
	if a.stopping {
		return hurry * a.config.Concurrency
	}
	return a.config.Concurrency
}

func (a *Announcer) perTracker() int {
	if a.stopping {
		return hurry * a.config.PerTracker
	}
	return a.config.PerTracker
}

// finish forgets t, which has nothing left to say, and its torrent with the last of its tiers.
func (a *Announcer) finish(t *tier) {
	for _, l := range t.listings {
		l.setWorking(false)
		if l.tracker.listings--; l.tracker.listings == 0 {
			delete(a.trackers, l.tracker.trackerKey)
		}
	}
	if t.torrent.forget(t); len(t.torrent.tiers) == 0 {
		a.left(t.torrent)
	}
}
