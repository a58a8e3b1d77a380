package library

import (
	"testing"
	"time"

	"sixseed/storage/content"
)

func TestGrowth(t *testing.T) {
	t.Parallel()
	const settle = 5 * time.Second
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	stamp := func(modified time.Time, size int64) content.Stamp {
		return content.Stamp{Size: size, ModTime: modified.UnixNano()}
	}
	type sight struct {
		after time.Duration // since start
		stamp content.Stamp
		want  bool
	}
	for name, sights := range map[string][]sight{
		"OldFileAtFirstSight": {{0, stamp(start.Add(-settle), 1), true}},
		"YoungFile": {
			{0, stamp(start.Add(-3*time.Second), 1), false},
			{1 * time.Second, stamp(start.Add(-3*time.Second), 1), false},
			{2 * time.Second, stamp(start.Add(-3*time.Second), 1), true},
		},
		"TimeInTheFuture": {
			{0, stamp(start.Add(24*time.Hour), 1), false},
			{4 * time.Second, stamp(start.Add(24*time.Hour), 1), false},
			{5 * time.Second, stamp(start.Add(24*time.Hour), 1), true},
		},
		"Growing": {
			{0, stamp(start, 1), false},
			{4 * time.Second, stamp(start.Add(4*time.Second), 2), false},
			{8 * time.Second, stamp(start.Add(8*time.Second), 3), false},
			{12 * time.Second, stamp(start.Add(8*time.Second), 3), false},
			{13 * time.Second, stamp(start.Add(8*time.Second), 3), true},
		},
		"ReplacedByAnOldFile": {
			{0, stamp(start.Add(-time.Hour), 1), true},
			{1 * time.Second, stamp(start.Add(-2*time.Hour), 2), false},
			{6 * time.Second, stamp(start.Add(-2*time.Hour), 2), true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := growth{settle: settle}
			for _, s := range sights {
				f := &file{path: "/iso/a.iso", stamp: s.stamp}
				g.round(start.Add(s.after))
				g.look(f)
				if f.settled != s.want || g.unsettledFile == s.want {
					t.Errorf("after %v: settled %v, want %v", s.after, f.settled, s.want)
				}
			}
		})
	}

	t.Run("Disturbed", func(t *testing.T) {
		t.Parallel()
		g := growth{settle: settle}
		f := &file{path: "/iso/a.iso", stamp: stamp(start.Add(-time.Hour), 1)}
		g.round(start)
		g.look(f)
		g.disturb(f.path, start.Add(time.Second))
		g.round(start.Add(2 * time.Second))
		g.look(f)
		if f.settled {
			t.Error("it was disturbed a second ago and has settled")
		}
		g.round(start.Add(6 * time.Second))
		g.look(f)
		if !f.settled {
			t.Error("it was disturbed long ago and has not settled")
		}
	})
}
