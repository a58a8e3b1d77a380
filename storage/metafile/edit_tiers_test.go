package metafile_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/storage/metafile"
)

func TestEdit_Tiers(t *testing.T) {
	t.Parallel()
	data := ordered("announce", str(trackerA), "announce-list", list(list(str(trackerA), str(trackerB)), list(str(trackerC))), "info", plainInfo)
	const other = "udp://other.example.org:6969"
	replace := func(before, after string) metafile.Changes {
		return metafile.Changes{ReplaceTrackers: []metafile.Replacement{{Old: before, New: after}}}
	}
	for name, tc := range map[string]struct {
		changes metafile.Changes
		want    [][]string
	}{
		"NewFirst":         {addFresh(), [][]string{{fresh}, {trackerA, trackerB}, {trackerC}}},
		"NewLast":          {metafile.Changes{AddTiers: [][]string{{fresh}}, Placement: metafile.NewLast}, [][]string{{trackerA, trackerB}, {trackerC}, {fresh}}},
		"Join":             {metafile.Changes{AddTiers: [][]string{{fresh}, {other}}, Placement: metafile.JoinTier(2)}, [][]string{{trackerA, trackerB}, {trackerC, fresh, other}}},
		"SeveralKeepOrder": {metafile.Changes{AddTiers: [][]string{{fresh}, {other}}}, [][]string{{fresh}, {other}, {trackerA, trackerB}, {trackerC}}},
		"OneTierForTwo":    {metafile.Changes{AddTiers: [][]string{{fresh, other, fresh}}}, [][]string{{fresh, other}, {trackerA, trackerB}, {trackerC}}},
		"Normalised":       {metafile.Changes{AddTiers: [][]string{{" HTTP" + fresh[4:] + "#"}}}, [][]string{{fresh}, {trackerA, trackerB}, {trackerC}}},
		"PartIsThere":      {metafile.Changes{AddTiers: [][]string{{fresh, trackerC}}}, [][]string{{fresh}, {trackerA, trackerB}, {trackerC}}},
		"Remove":           {metafile.Changes{RemoveTrackers: []string{trackerA}}, [][]string{{trackerB}, {trackerC}}},
		"TierVanishes":     {metafile.Changes{RemoveTrackers: []string{trackerC}}, [][]string{{trackerA, trackerB}}},
		"Replace":          {replace(trackerA, fresh), [][]string{{fresh, trackerB}, {trackerC}}},
		"ReplaceByPresent": {replace(trackerA, trackerC), [][]string{{trackerB}, {trackerC}}},
		"ReplaceMissing":   {replace(other, fresh), [][]string{{trackerA, trackerB}, {trackerC}}},
		"RemoveThenJoin": {
			metafile.Changes{RemoveTrackers: []string{trackerC}, AddTiers: [][]string{{fresh}}, Placement: metafile.JoinTier(1)},
			[][]string{{trackerA, trackerB, fresh}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := edit(t, data, tc.changes)
			m, err := metafile.Parse(edited.Data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, m.Tiers); diff != "" {
				t.Errorf("as Parse reads them, -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, edited.After.Tiers); diff != "" {
				t.Errorf("as told, -want +got:\n%s", diff)
			}
			if edited.After.Announce != tc.want[0][0] {
				t.Errorf("announce is %q", edited.After.Announce)
			}
		})
	}
}

func TestPlacement_Text(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"new-first", "new-last", "1", "7"} {
		var p metafile.Placement
		if err := p.UnmarshalText([]byte(text)); err != nil || p.String() != text {
			t.Errorf("%q became %v, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "first", "99999999999999999999"} {
		var p metafile.Placement
		if err := p.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q became %v", text, p)
		}
	}
}

// TestEdit_AddThenRemoveIsNothing: what was added and is removed again leaves the tiers as they were.
func TestEdit_AddThenRemoveIsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.IntRange(0, 99), 1, 8, rapid.ID).Draw(t, "trackers")
		var tiers []string
		for len(names) > 0 {
			n := rapid.IntRange(1, len(names)).Draw(t, "tier")
			var tier []string
			for _, name := range names[:n] {
				tier = append(tier, str(fmt.Sprintf("http://%d.example.org/announce", name)))
			}
			tiers, names = append(tiers, list(tier...)), names[n:]
		}
		data := ordered("announce-list", list(tiers...), "info", plainInfo)
		placement := rapid.SampledFrom([]metafile.Placement{metafile.NewFirst, metafile.NewLast, metafile.JoinTier(1)}).Draw(t, "placement")
		added, err := metafile.Edit([]byte(data), metafile.Changes{AddTiers: [][]string{{fresh}, {trackerC}}, Placement: placement})
		if err != nil {
			t.Fatal(err)
		}
		removed, err := metafile.Edit(added.Data, metafile.Changes{RemoveTrackers: []string{trackerC, fresh}})
		if err != nil {
			t.Fatal(err)
		}
		if !added.Changed || !slices.EqualFunc(added.Before.Tiers, removed.After.Tiers, slices.Equal[[]string]) {
			t.Errorf("tiers %q became %q", added.Before.Tiers, removed.After.Tiers)
		}
	})
}
