package choker_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

const useful = choker.UsefulRate

// crowd are peers of one family that stand alike.
type crowd struct {
	family  family.Family
	holders int
	choked  int
	rate    int64 // of each holder
	waits   bool  // the holders wait for us
	fresh   bool  // the holders have their slots for four seconds, else for five
}

func (c crowd) peers() []choker.Peer {
	since := ago(5)
	if c.fresh {
		since = ago(4)
	}
	peers := make([]choker.Peer, c.holders+c.choked)
	for i := range peers {
		peers[i] = choker.Peer{Family: c.family, Interested: true, Since: since}
		if i < c.holders {
			peers[i].Unchoked, peers[i].Rate, peers[i].Waits = true, c.rate, c.waits
		}
	}
	return peers
}

func TestAuto_Next(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		slots  int
		crowds []crowd
		want   int
	}{
		"BeginsWithEight":        {0, nil, 8},
		"NobodyThere":            {100, nil, 100},
		"NobodyWaitsForOne":      {100, []crowd{{family.V6, 100, 0, 9 * useful, true, false}}, 100},
		"NotAllHeld":             {100, []crowd{{family.V6, 99, 9, 9 * useful, true, false}}, 100},
		"FarAboveUseful":         {100, []crowd{{family.V6, 100, 1, 4 * useful, true, false}}, 200},
		"FarAboveAndFresh":       {100, []crowd{{family.V6, 100, 1, 4 * useful, true, true}}, 200},
		"Useful":                 {100, []crowd{{family.V6, 100, 1, useful, true, false}}, 106},
		"UsefulOfFew":            {8, []crowd{{family.V6, 8, 1, useful, true, false}}, 9},
		"UsefulAndFresh":         {100, []crowd{{family.V6, 100, 1, useful, true, true}}, 100},
		"SlowReaders":            {100, []crowd{{family.V6, 100, 1, useful / 9, false, false}}, 200},
		"TheyTakeNothing":        {100, []crowd{{family.V6, 100, 1, 0, false, false}}, 200},
		"OneGetsTooLittle":       {11, []crowd{{family.V6, 10, 1, useful, true, false}, {family.V6, 1, 0, 1, true, false}}, 11},
		"OneOfManyIsAnAccident":  {100, []crowd{{family.V6, 95, 1, useful, true, false}, {family.V6, 5, 0, 1, true, false}}, 106},
		"HalfOfUseful":           {100, []crowd{{family.V6, 100, 1, useful / 2, true, false}}, 100},
		"LessThanHalf":           {100, []crowd{{family.V6, 100, 1, useful/2 - 1, true, false}}, 88},
		"LessThanHalfOfFew":      {7, []crowd{{family.V6, 7, 1, 1, true, false}}, 6},
		"LessThanHalfNobodyElse": {100, []crowd{{family.V6, 100, 0, useful/2 - 1, true, false}}, 88},
		"LessThanHalfButFresh":   {100, []crowd{{family.V6, 100, 1, useful / 3, true, true}}, 100},
		"OnlySomeWaitForUs":      {100, []crowd{{family.V6, 50, 1, 1, true, false}, {family.V6, 50, 1, 1, false, false}}, 100},
		"NeverBelowFour":         {4, []crowd{{family.V6, 4, 9, 1, true, false}}, 4},
		"NeverAboveTheMost":      {400, []crowd{{family.V6, 400, 9, 9 * useful, true, false}}, 500},
		"FromAboveTheMost":       {4000, nil, 500},
		"IPv4Useful":             {100, []crowd{{family.V4, 100, 1, useful, true, false}}, 106},
		"IPv4Starves":            {100, []crowd{{family.V4, 100, 1, 1, true, false}}, 88},
		"IPv4StarvesIPv6Waits":   {100, []crowd{{family.V6, 50, 1, 9 * useful, true, false}, {family.V4, 50, 9, 1, true, false}}, 200},
		"IPv4StarvesIPv6Served":  {100, []crowd{{family.V6, 50, 0, 9 * useful, true, false}, {family.V4, 50, 9, 1, true, false}}, 88},
		"IPv6StarvesIPv4DoesNot": {100, []crowd{{family.V6, 50, 0, 1, true, false}, {family.V4, 50, 9, useful, true, false}}, 88},
		"LowestSupplyDecides":    {100, []crowd{{family.V6, 50, 0, useful, true, false}, {family.V4, 50, 9, 9 * useful, true, false}}, 106},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var peers []choker.Peer
			for _, crowd := range tc.crowds {
				peers = append(peers, crowd.peers()...)
			}
			before := choker.Auto{Slots: tc.slots, Since: ago(60)}
			got := before.Next(peers, 500, start)
			if got.Slots != tc.want {
				t.Errorf("%d slots, want %d", got.Slots, tc.want)
			}
			if changed := got.Slots != tc.slots; changed != got.Since.Equal(start) {
				t.Errorf("changed: %t, but since %v", changed, got.Since)
			}
		})
	}
}

// A bound below what there is at least holds too, and one slot there always is.
func TestAuto_NextWithLittleAllowed(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]int{-1: 1, 0: 1, 1: 1, 3: 3, 4: 4, 9: 8} {
		if got := (choker.Auto{}).Next(nil, most, start).Slots; got != want {
			t.Errorf("%d slots of at most %d, want %d", got, most, want)
		}
	}
}

// Idle peers without a slot are no reason for more.
func TestAuto_NextWithIdlePeers(t *testing.T) {
	t.Parallel()
	peers := crowd{family.V6, 100, 50, 9 * useful, true, false}.peers()
	for i := range peers {
		peers[i].Idle = !peers[i].Unchoked
	}
	auto := choker.Auto{Slots: 100, Since: ago(60)}
	if got := auto.Next(peers, 500, start); got != auto {
		t.Errorf("%d slots", got.Slots)
	}
}

func TestAuto_NextKeepsItsPace(t *testing.T) {
	t.Parallel()
	fast := crowd{family.V6, 100, 100, 9 * useful, true, false}.peers()
	starved := crowd{family.V6, 100, 100, 1, true, false}.peers()
	for name, tc := range map[string]struct {
		peers []choker.Peer
		after time.Duration
		want  int
	}{
		"NotYetUp":   {fast, 999 * time.Millisecond, 100},
		"Up":         {fast, time.Second, 200},
		"NotYetDown": {starved, 9 * time.Second, 100},
		"Down":       {starved, 10 * time.Second, 88},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auto := choker.Auto{Slots: 100, Since: start.Add(-tc.after)}
			if got := auto.Next(tc.peers, math.MaxInt, start).Slots; got != tc.want {
				t.Errorf("%d slots after %v, want %d", got, tc.after, tc.want)
			}
		})
	}
}

// On a link that gives everybody the same, the slots settle where a peer gets between half of what is useful and a
// little more than that, whatever the link's rate and however long the peers need to come up to speed.
func TestAuto_NextSettles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		right := rapid.IntRange(8, 80).Draw(t, "right number of slots")
		auto := choker.Auto{Slots: rapid.IntRange(4, 300).Draw(t, "slots at first"), Since: start}
		link, now := int64(right)*useful, start
		for range 400 {
			now = now.Add(time.Second)
			peers := crowd{family.V6, auto.Slots, 1, link / int64(auto.Slots), true, false}.peers()
			auto = auto.Next(peers, 500, now)
		}
		if auto.Slots < right || auto.Slots > 2*right {
			t.Fatalf("%d slots, with which a peer gets %d B/s", auto.Slots, link/int64(auto.Slots))
		}
	})
}
