package library

import (
	"time"

	"sixseed/storage/content"
)

// growth tells files that somebody still writes from those that are complete: a file has settled when it has not
// changed for a while. A file seen for the first time is believed to be as old as it says, so that a restart does not
// wait; a time in the future says nothing, then only looking helps.
type growth struct {
	settle        time.Duration
	before, now   map[string]sighting // of the round before and of this one, by the path free of symlinks
	roundStart    time.Time
	unsettledFile bool // in this round
}

// sighting is how a file looked, and since when it has looked so.
type sighting struct {
	stamp content.Stamp
	since time.Time
}

// round begins a look at all files. What the last round did not see is forgotten.
func (g *growth) round(start time.Time) {
	g.before, g.now = g.now, make(map[string]sighting, len(g.now))
	g.roundStart, g.unsettledFile = start, false
}

// look compares a file with how it looked in the round before, and says in it whether it has settled.
func (g *growth) look(f *file) {
	current, known := g.before[f.path]
	switch {
	case !known:
		current = sighting{f.stamp, earlier(time.Unix(0, f.stamp.ModTime), g.roundStart)}
	case current.stamp != f.stamp:
		current = sighting{f.stamp, g.roundStart}
	}
	g.now[f.path] = current
	f.settled = g.roundStart.Sub(current.since) >= g.settle
	g.unsettledFile = g.unsettledFile || !f.settled
}

// disturb makes the file at path settle anew from now on, whatever its stamp.
func (g *growth) disturb(path string, now time.Time) {
	if current, known := g.now[path]; known {
		current.since = now
		g.now[path] = current
	}
}

// earlier is modified if that is in the past, else now.
func earlier(modified, now time.Time) time.Time {
	if modified.Before(now) {
		return modified
	}
	return now
}
