package tracker_test

import (
	"testing"

	"pgregory.net/rapid"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

func TestShare(t *testing.T) {
	t.Parallel()
	type pair = family.Pair[int]
	plenty, few6 := pair{V6: 1_000, V4: 1_000}, pair{V6: 3, V4: 1_000}
	few4, only4 := pair{V6: 1_000, V4: 3}, pair{V4: 1_000}
	for name, test := range map[string]struct {
		family     family.Family
		http       bool
		proven     bool
		want       int
		have       pair
		share      pair
		putOffDual bool
	}{
		"HTTP6":               {family.V6, true, true, 40, plenty, pair{V6: 40}, true},
		"HTTP6LeavesTheRest":  {family.V6, true, true, 40, few6, pair{V6: 3, V4: 37}, true},
		"HTTP6Tunnel":         {family.V6, true, false, 40, few6, pair{V6: 3, V4: 37}, true},
		"HTTP6Default":        {family.V6, true, true, -1, plenty, pair{V6: 50}, true},
		"HTTP6None":           {family.V6, true, true, 0, plenty, pair{}, false},
		"HTTP6TooMany":        {family.V6, true, true, 1e9, plenty, pair{V6: 200}, true},
		"HTTP4Proven":         {family.V4, true, true, 40, plenty, pair{V6: 30, V4: 10}, true},
		"HTTP4ProvenAFew":     {family.V4, true, true, 8, plenty, pair{V6: 3, V4: 5}, true},
		"HTTP4ProvenOne":      {family.V4, true, true, 1, plenty, pair{V4: 1}, true},
		"HTTP4ProvenNo4":      {family.V4, true, true, 40, few4, pair{V6: 37, V4: 3}, true},
		"HTTP4ProvenNo6":      {family.V4, true, true, 40, only4, pair{V4: 40}, true},
		"HTTP4Unknown":        {family.V4, true, false, 40, plenty, pair{V6: 10, V4: 40}, false},
		"HTTP4UnknownFew6":    {family.V4, true, false, 40, few6, pair{V6: 3, V4: 40}, false},
		"HTTP4UnknownDefault": {family.V4, true, false, -1, plenty, pair{V6: 10, V4: 50}, false},
		"UDP6":                {family.V6, false, true, 40, few6, pair{V6: 3}, false},
		"UDP4Proven":          {family.V4, false, true, 40, plenty, pair{V4: 40}, true},
		"UDP4Unknown":         {family.V4, false, false, 40, plenty, pair{V4: 40}, false},
		"UDP4Few":             {family.V4, false, false, 40, few4, pair{V4: 3}, false},
	} {
		got := tracker.Share(swarm.Demand{
			Family: test.family, BothFamilies: test.http, Proven: test.proven, NumWant: test.want, Have: test.have,
		})
		if want := (swarm.Share{Pair: test.share, SingleFirst: test.putOffDual}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestShare_LeavesNobodyAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.IntRange(0, 300)
		d := swarm.Demand{
			Family:       rapid.SampledFrom(family.All[:]).Draw(t, "family"),
			BothFamilies: rapid.Bool().Draw(t, "both"),
			Proven:       rapid.Bool().Draw(t, "proven"),
			NumWant:      rapid.IntRange(1, 200).Draw(t, "want"),
			Have:         family.Pair[int]{V6: some.Draw(t, "have6"), V4: some.Draw(t, "have4")},
		}
		got := tracker.Share(d)
		if due := min(max(5, d.NumWant/4), d.NumWant, d.Have.Get(d.Family)); got.Get(d.Family) < due {
			t.Errorf("%+v gets %+v: less than %d of its own", d, got, due)
		}
		if got.V4 > d.Have.V4 || got.V6 > d.Have.V6 || got.V4+got.V6 > d.NumWant+10 {
			t.Errorf("%+v gets %+v: too many", d, got)
		}
		total := d.Have.V4 + d.Have.V6
		if !d.BothFamilies {
			total = d.Have.Get(d.Family)
		}
		if !d.BothFamilies && got.Get(1-d.Family) > 0 {
			t.Errorf("%+v gets %+v: the answer has no place for that", d, got)
		}
		if d.BothFamilies && (d.Proven || d.Family == family.V6) && got.V4+got.V6 < min(d.NumWant, total) {
			t.Errorf("%+v gets %+v: there are more", d, got)
		}
	})
}
