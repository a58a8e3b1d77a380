package announce

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"sixseed/policy/family"
)

// Tracker is how announces to one tracker fare over one family.
type Tracker struct {
	URL      string // without what may be a passkey
	Family   family.Family
	Torrents int       // that announce to it; not those for which another tracker of the same tier works
	Working  int       // of these, how many it accepted last
	Error    string    // the last one, if not all work
	Next     time.Time // the next announce; zero: one is under way, or none will follow
}

// Count is a number of announces since start. Those that were interrupted, or not made because the tracker's name has no
// address in the family, are not in it.
type Count struct{ OK, Failed int64 }

// Counts are the announces over one family, by transport.
type Counts struct{ HTTP, UDP Count }

// Total returns the announces over both transports.
func (c Counts) Total() Count {
	return Count{OK: c.HTTP.OK + c.UDP.OK, Failed: c.HTTP.Failed + c.UDP.Failed}
}

// Trackers returns the state of all trackers, by URL, then family, IPv6 first.
func (a *Announcer) Trackers() []Tracker {
	a.mu.Lock()
	defer a.mu.Unlock()
	states := make(map[trackerKey]*Tracker)
	for _, torrent := range a.torrents {
		for _, tier := range torrent.tiers {
			tier.report(states)
		}
	}
	sorted := slices.SortedFunc(maps.Values(states), func(x, y *Tracker) int {
		return cmp.Or(cmp.Compare(x.URL, y.URL), cmp.Compare(y.Family, x.Family))
	})
	reports := make([]Tracker, len(sorted))
	for i, state := range sorted {
		reports[i] = *state
	}
	return reports
}

// Counts returns how many announces were made.
func (a *Announcer) Counts() family.Pair[Counts] {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counts
}

func (a *Announcer) count(tr *tracker, err error) {
	if _, ok := errors.AsType[noAddressError](err); ok {
		return
	}
	counts := &a.counts.At(tr.family).HTTP
	if tr.transport == overUDP {
		counts = &a.counts.At(tr.family).UDP
	}
	if err == nil {
		counts.OK++
	} else {
		counts.Failed++
	}
}

// report adds to states what t knows of the trackers that it has asked, and of the one it asks next.
func (t *tier) report(states map[trackerKey]*Tracker) {
	current := t.turn
	if current == nil {
		current = t.choose(t.due)
	}
	for _, l := range t.listings {
		if !l.tried && l != current {
			continue
		}
		key := l.tracker.trackerKey
		if states[key] == nil {
			states[key] = &Tracker{URL: key.url, Family: key.family}
		}
		states[key].add(l)
		if l == current && t.index != unscheduled {
			states[key].next(t.due)
		}
	}
}

func (s *Tracker) add(l *listing) {
	s.Torrents++
	if l.working {
		s.Working++
	} else if l.tried {
		s.Error = l.tracker.lastError
	}
}

func (s *Tracker) next(due time.Time) {
	if s.Next.IsZero() || due.Before(s.Next) {
		s.Next = due
	}
}
