package choker_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/choker"
)

const (
	step      = 250 * time.Millisecond // between two leftovers
	unlimited = math.MaxInt64
)

// left is a leftover of a link of a hundred useful rates.
func left(rates float64) choker.Leftover {
	return choker.Leftover{Rate: int64(rates * useful), Upload: 100 * useful}
}

// taken is a leftover of which that many IPv4 peers have slots, some of them waiting for us.
func taken(rates float64, holders, waiting int) choker.Leftover {
	left := left(rates)
	left.Holders, left.Waiting = holders, waiting
	return left
}

func floor(rates, floor float64) choker.Leftover {
	left := left(rates)
	left.Floor = int64(floor * useful)
	return left
}

// slow is a leftover, in bytes per second, of a link slower than one useful rate.
func slow(rate, upload int64) choker.Leftover { return choker.Leftover{Rate: rate, Upload: upload} }

// until repeats a leftover for a time.
func until(d time.Duration, left choker.Leftover) []choker.Leftover {
	return slices.Repeat([]choker.Leftover{left}, int(d/step))
}

func TestRoom_Next(t *testing.T) {
	t.Parallel()
	const second = time.Second
	for name, tc := range map[string]struct {
		leftovers [][]choker.Leftover
		want      int
	}{
		"AllAtFirst":             {[][]choker.Leftover{until(step, left(100))}, 100},
		"NothingAtFirst":         {[][]choker.Leftover{until(step, left(0))}, 0},
		"HardlyAnythingAtFirst":  {[][]choker.Leftover{until(step, left(0.9))}, 0},
		"NoLimitAtAll":           {[][]choker.Leftover{until(step, slow(unlimited, unlimited))}, math.MaxInt32},
		"NotYetClosed":           {[][]choker.Leftover{until(5*second, left(9)), until(second, left(0))}, 9},
		"Closed":                 {[][]choker.Leftover{until(5*second, left(9)), until(second+step, left(0))}, 0},
		"ClosedAtLessThanHalf":   {[][]choker.Leftover{until(5*second, left(1)), until(second+step, left(0.4))}, 0},
		"OpenAtHalf":             {[][]choker.Leftover{until(5*second, left(1)), until(5*second, left(0.5))}, 1},
		"ADipIsNothing":          {[][]choker.Leftover{until(5*second, left(9)), until(second, left(0)), until(step, left(9)), until(second, left(0))}, 9},
		"TwoSecondsOpenAtLeast":  {[][]choker.Leftover{until(step, left(9)), until(2*second-step, left(0))}, 9},
		"NoMoreThanTwoSeconds":   {[][]choker.Leftover{until(step, left(9)), until(2*second, left(0))}, 0},
		"NotYetBack":             {[][]choker.Leftover{until(step, left(0)), until(2*step, left(9))}, 0},
		"BackWithinASecond":      {[][]choker.Leftover{until(step, left(0)), until(3*step, left(9))}, 9},
		"AMomentIsNothing":       {[][]choker.Leftover{until(second, left(0)), until(2*step, left(9)), until(step, left(0)), until(2*step, left(9))}, 0},
		"AsMuchAsThereWasAlways": {[][]choker.Leftover{until(second, left(0)), until(step, left(9)), until(step, left(4)), until(step, left(7))}, 4},
		"MoreIsTaken":            {[][]choker.Leftover{until(second, left(9)), until(3*step, left(50))}, 50},
		"HalfIsNotLess":          {[][]choker.Leftover{until(5*second, left(90)), until(9*second, taken(45, 90, 90))}, 90},
		"LessIsLostSlowly":       {[][]choker.Leftover{until(5*second, left(90)), until(second+step, taken(40, 90, 90))}, 68},
		"ThreeOfOneUsefulRate":   {[][]choker.Leftover{until(5*second, left(3)), until(second+step, taken(1, 3, 3))}, 2},
		"AsMuchAsThereWasOnce":   {[][]choker.Leftover{until(5*second, left(90)), until(2*step, taken(0, 90, 90)), until(second, taken(20, 90, 90))}, 68},
		"ClosedWhileItShrinks":   {[][]choker.Leftover{until(5*second, left(90)), until(second+step, taken(40, 90, 90)), until(second+step, left(0))}, 0},
		"ByAndBy":                {[][]choker.Leftover{until(5*second, left(90)), until(20*second, taken(9, 90, 90))}, 18},
		"WhatNobodyHoldsAtOnce":  {[][]choker.Leftover{until(5*second, left(90)), until(second+step, taken(9, 4, 4))}, 9},
		"SlowReadersLeaveRoom":   {[][]choker.Leftover{until(3*step, taken(50, 50, 12))}, 57},
		"TheyWaitForUs":          {[][]choker.Leftover{until(3*step, taken(50, 50, 13))}, 50},
		"SlowReadersMoreAndMore": {[][]choker.Leftover{until(second, taken(50, 50, 0)), until(3*step, taken(50, 57, 0))}, 65},
		"ButNotWithoutRoom":      {[][]choker.Leftover{until(3*step, taken(0, 50, 0))}, 0},
		"FloorIsThere":           {[][]choker.Leftover{until(5*second, left(0)), until(3*step, floor(2, 2))}, 2},
		"SmallFloorIsThere":      {[][]choker.Leftover{until(step, floor(0.1, 0.1))}, 1},
		"FloorStays":             {[][]choker.Leftover{until(5*second, floor(9, 0.1)), until(9*second, floor(0.1, 0.1))}, 1},
		"SlowLinkOfOurOwn":       {[][]choker.Leftover{until(step, slow(1000, 1000))}, 1},
		"SlowLinkHalfTaken":      {[][]choker.Leftover{until(5*second, slow(1000, 1000)), until(5*second, slow(249, 1000))}, 0},
		"SlowLinkHalfLeft":       {[][]choker.Leftover{until(5*second, slow(0, 1000)), until(3*step, slow(500, 1000))}, 1},
		"SlowestLink":            {[][]choker.Leftover{until(step, slow(1, 1))}, 1},
		"SlowestLinkTaken":       {[][]choker.Leftover{until(5*second, slow(1, 1)), until(5*second, slow(0, 1))}, 0},
		"NothingMayBeSent":       {[][]choker.Leftover{until(step, slow(0, 0))}, 0},
		"NothingForSlowReaders":  {[][]choker.Leftover{{{Rate: 0, Upload: 1, Holders: 5}}}, 0},
		"FromNoLimitToLittle":    {[][]choker.Leftover{until(step, slow(unlimited, unlimited)), until(9*second, taken(3, 8, 8))}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var room choker.Room
			now := start
			for _, left := range slices.Concat(tc.leftovers...) {
				room = room.Next(left, now)
				now = now.Add(step)
			}
			if room.Slots != tc.want {
				t.Errorf("%d slots, want %d", room.Slots, tc.want)
			}
		})
	}
}

// However the leftover jumps, room that opened stays for two seconds, and it follows in time what lasts.
func TestRoom_NextDoesNotFlap(t *testing.T) {
	t.Parallel()
	const (
		longest = 600 * time.Millisecond // from one look to the next
		// Room opens after half a second, and is found to last at a look. It may close in two steps: some of it two
		// seconds after it opened, the rest once that it is gone has lasted a second after that.
		opens, closes = 500*time.Millisecond + longest, 3*time.Second + 3*longest
	)
	rapid.Check(t, func(t *rapid.T) {
		var room choker.Room
		now, opened := start, start
		rich, poor := time.Duration(0), time.Duration(0) // for how long the leftover has been more or less than enough
		for range 200 {
			elapsed := time.Duration(rapid.IntRange(1, int(longest.Milliseconds())).Draw(t, "ms")) * time.Millisecond
			rates := rapid.SampledFrom([]float64{0, 0, 0.4, 0.6, 1, 5, 50}).Draw(t, "rates")
			now = now.Add(elapsed)
			before := room
			room = room.Next(taken(rates, before.Slots, before.Slots), now)
			if before.Since.IsZero() {
				continue
			}
			rich, poor = lasting(rich, elapsed, rates >= 1), lasting(poor, elapsed, rates < 0.5)
			switch {
			case room.Slots > before.Slots:
				opened = now
			case room.Slots < before.Slots && now.Sub(opened) < 2*time.Second:
				t.Fatalf("%d slots became %d after %v", before.Slots, room.Slots, now.Sub(opened))
			}
			if room.Slots == 0 && rich >= opens || room.Slots > 0 && poor >= closes {
				t.Fatalf("%d slots with %v useful rates left", room.Slots, rates)
			}
		}
	})
}

// lasting returns for how long something has been so that is so or is not at the end of a time.
func lasting(before, elapsed time.Duration, is bool) time.Duration {
	if !is {
		return -1
	}
	if before < 0 {
		return 0
	}
	return before + elapsed
}

func TestSlotsFor(t *testing.T) {
	t.Parallel()
	for rate, want := range map[int64]int{
		-1: 0, 0: 0, 1: 1, useful: 1, 2*useful - 1: 1, 2 * useful: 2, 12_500_000_000: 190_734, unlimited: math.MaxInt32,
	} {
		if got := choker.SlotsFor(rate); got != want {
			t.Errorf("%d slots for %d B/s, want %d", got, rate, want)
		}
	}
}
