package bandwidth_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

// situation is limits and greedy senders.
type situation struct {
	limits  bandwidth.Limits
	senders family.Pair[int]
}

func drawSituation(t *rapid.T) situation {
	rates := rapid.Int64Range(1<<20, 1<<28)
	s := situation{limits: limits(rates.Draw(t, "upload"))}
	for _, f := range family.All {
		*s.senders.At(f) = rapid.IntRange(0, 6).Draw(t, f.String()+" senders")
		if rapid.Bool().Draw(t, f.String()+" has a cap") {
			*s.limits.Family.At(f) = rates.Draw(t, f.String()+" cap")
		}
	}
	if rapid.Bool().Draw(t, "there is a floor") {
		s.limits.Floor = rapid.Int64Range(0, min(s.limits.Upload, s.limits.Family.V4)).Draw(t, "floor")
	}
	return s
}

// due is what each family should have, in bytes on the wire per second.
func (s situation) due() (due family.Pair[int64]) {
	wants := family.Both(func(f family.Family) int64 {
		if s.senders.Get(f) == 0 {
			return 0
		}
		return min(s.limits.Upload, s.limits.Family.Get(f))
	})
	due.V6 = min(wants.V6, s.limits.Upload-min(s.limits.Floor, wants.V4))
	due.V4 = min(wants.V4, s.limits.Upload-due.V6)
	return due
}

// Whatever the limits are: IPv6 has all that it wants but for the floor, IPv4 all that is left, and senders of a family
// have the same.
func TestGate_KeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		s := drawSituation(draw)
		var groups family.Pair[group]
		var first family.Pair[[]int64] // what each sender had of what the buckets held at first
		var sent family.Pair[int64]
		synctest.Test(t, func(*testing.T) {
			c := newCrowd(s.limits)
			defer c.close()
			groups = family.Both(func(f family.Family) group { return c.several(f, s.senders.Get(f), behaviour{}) })
			time.Sleep(time.Second)
			first = family.Both(func(f family.Family) []int64 { return groups.Get(f).each() })
			sent.V6, sent.V4 = both(groups.V6, groups.V4, 2*time.Second)
		})
		for _, f := range family.All {
			s.check(draw, f, sent.Get(f))
			checkTurns(draw, groups.Get(f), first.Get(f))
		}
	})
}

// check fails if a family had something else than is due, give or take a turn at both ends. IPv4 starts no turn before
// the link's bucket is half full (ten milliseconds' worth), and what fills that first may be little. What the floor's
// bucket held when the two seconds began (twenty milliseconds' worth) may change hands as well.
func (s situation) check(t *rapid.T, f family.Family, sent int64) {
	const turn = 200 << 10
	got, want := onWire(f, sent), 2*s.due().Get(f)
	slack := want/50 + 2*turn + s.limits.Floor/50
	if f == family.V4 {
		slack += s.limits.Upload / 100
	}
	if got > want+slack || got < want-slack {
		t.Fatalf("%v had %d bytes in two seconds, %d are due (%+v)", f, got, want, s)
	}
}

// checkTurns fails if one sender of a family had more than two turns more than another since the first second.
func checkTurns(t *rapid.T, senders group, first []int64) {
	if len(senders) == 0 {
		return
	}
	had := senders.each()
	for i := range had {
		had[i] -= first[i]
	}
	least, most := slices.Min(had), slices.Max(had)
	if slack := most/10 + 2*all; most-least > slack {
		t.Fatalf("one sender had %d bytes, another %d", least, most)
	}
}

// each returns what every sender of a group has sent so far.
func (g group) each() []int64 {
	sent := make([]int64, len(g))
	for i, s := range g {
		sent[i] = s.sent.Load()
	}
	return sent
}
