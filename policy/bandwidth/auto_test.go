package bandwidth_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

const (
	uplink = 48e6 // bytes of data per second
	far    = 12e6 // what the IPv6 peers' own link carries, where it is the slow one
	came   = 6 * time.Second
	left   = uplink - far // for IPv4 then
)

// newLab returns a link that IPv4 has for itself until IPv6 peers come that take so much.
func newLab(demand float64) *link {
	l := newLink(uplink)
	l.at(came, func() { l.v6 = newFlows(2, demand) })
	return l
}

// atLeast fails if a rate is less than a part of what it should be.
func atLeast(t *testing.T, what string, rate, part, of float64) {
	t.Helper()
	if rate < part*of {
		t.Errorf("%s: %.1f MB/s, want %.0f %% of %.1f MB/s", what, rate/1e6, 100*part, of/1e6)
	}
}

// keepsIPv6 fails if IPv6 has less than a part of what it should have in any second from a time on.
func (l *link) keepsIPv6(t *testing.T, from time.Duration, part, of float64) {
	t.Helper()
	for at := from; at+time.Second <= l.now; at += time.Second {
		atLeast(t, "IPv6 at "+at.String(), l.between(at, at+time.Second).V6, part, of)
	}
}

func TestAuto_NoLimitWithoutIPv6(t *testing.T) {
	t.Parallel()
	l := newLink(uplink)
	l.run(time.Minute)
	for _, limit := range l.limits {
		if limit != bandwidth.Unlimited {
			t.Fatalf("IPv4 is limited to %d", limit)
		}
	}
	atLeast(t, "IPv4", l.between(time.Second, time.Minute).V4, 0.95, uplink)
	if got := l.auto.State(); got != bandwidth.Unlimiting {
		t.Errorf("the state is %q", got)
	}
}

func TestAuto_IPv6TakesAll(t *testing.T) {
	t.Parallel()
	l := newLab(endless)
	l.run(2 * time.Minute)
	l.keepsIPv6(t, came+2*time.Second, 0.95, uplink)
	rates := l.between(came+2*time.Second, l.now)
	atLeast(t, "both", rates.V4+rates.V6, 0.97, uplink)
}

// A queue that is too short to be seen, a policer's say, shows in what is lost alone. IPv6 loses packets there, too, and
// takes time to come back: meanwhile there is room on the link that IPv4 must not have.
func TestAuto_IPv6TakesAllThroughAShortQueue(t *testing.T) {
	t.Parallel()
	alone := newLink(uplink)
	alone.buffer, alone.v4, alone.v6 = time.Millisecond, newFlows(0, endless), newFlows(2, endless)
	alone.run(2 * time.Minute)

	l := newLab(endless)
	l.buffer = time.Millisecond
	l.run(2 * time.Minute)
	from, to := 20*time.Second, 2*time.Minute
	atLeast(t, "IPv6", l.between(from, to).V6, 0.9, alone.between(from, to).V6)
	atLeast(t, "IPv6 in the last minute", l.between(time.Minute, to).V6, 0.95, alone.between(time.Minute, to).V6)
}

func TestAuto_IPv4HasWhatIPv6Leaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		buffer time.Duration
		share  float64 // of what is left
	}{
		"UsualQueue": {40 * time.Millisecond, 0.92},
		"LongQueue":  {200 * time.Millisecond, 0.92},
		"ShortQueue": {time.Millisecond, 0.85}, // what is lost there costs IPv4 more time
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(far)
			l.buffer = c.buffer
			l.run(70 * time.Second)
			l.keepsIPv6(t, came+2*time.Second, 0.8, far)
			atLeast(t, "IPv6", l.between(came+2*time.Second, l.now).V6, 0.95, far)
			const window = 10 * time.Second
			for from := came + 4*time.Second; from+window <= l.now; from += window {
				atLeast(t, "IPv4 from "+from.String(), l.between(from, from+window).V4, c.share, left)
			}
		})
	}
}

func TestAuto_TheLinkChanges(t *testing.T) {
	t.Parallel()
	const changed = 20 * time.Second
	for name, c := range map[string]struct {
		capacity float64
		found    time.Duration // it takes IPv4 to find what is left
	}{
		"Halves":  {uplink / 2, 6 * time.Second},
		"Doubles": {uplink * 2, 8 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(far)
			l.at(changed, func() { l.capacity = c.capacity })
			l.run(80 * time.Second)
			l.keepsIPv6(t, changed+c.found, 0.97, far)
			found := l.between(changed+c.found, changed+c.found+time.Second)
			atLeast(t, "IPv4 once it has found what is left", found.V4, 0.85, c.capacity-far)
			atLeast(t, "IPv4 from then on", l.between(changed+c.found, l.now).V4, 0.85, c.capacity-far)
		})
	}
}

// The way to all IPv4 peers gets longer, and no cut changes that: in the end it counts as usual.
func TestAuto_AWayThatIsUnsteady(t *testing.T) {
	t.Parallel()
	const shaken = 20 * time.Second
	l := newLab(far)
	l.at(shaken, func() { l.shaken = 5 * time.Millisecond })
	l.run(80 * time.Second)
	l.keepsIPv6(t, shaken, 0.97, far)
	atLeast(t, "IPv4 after ten seconds", l.between(shaken+10*time.Second, shaken+15*time.Second).V4, 0.7, left)
	atLeast(t, "IPv4 after half a minute", l.between(shaken+30*time.Second, l.now).V4, 0.85, left)
}

func TestAuto_IPv6GoesSilent(t *testing.T) {
	t.Parallel()
	const gone = 20 * time.Second
	l := newLab(endless)
	l.at(gone, func() { l.v6 = newFlows(0, endless) })
	l.run(30 * time.Second)
	if l.limit(gone+1800*time.Millisecond) == bandwidth.Unlimited {
		t.Error("IPv4 has no limit as soon as IPv6 pauses")
	}
	if limit := l.limit(gone + 2200*time.Millisecond); limit != bandwidth.Unlimited {
		t.Errorf("IPv4 is limited to %d two seconds after the last byte over IPv6", limit)
	}
	atLeast(t, "IPv4", l.between(gone+5*time.Second, l.now).V4, 0.95, uplink)
}

// steady is an observation of both families sending, and of packets that queue for a time on their way.
func steady(elapsed, queue time.Duration) bandwidth.Observation {
	return bandwidth.Observation{
		Elapsed: elapsed,
		Sent:    family.Pair[int64]{V4: 1 << 20, V6: 1 << 20},
		Arrived: family.Pair[int64]{V4: 1 << 20, V6: 1 << 20},
		Paths:   slices.Repeat([]bandwidth.Path{{RTT: 20*time.Millisecond + queue, Base: 20 * time.Millisecond}}, 8),
	}
}

func repeat(a *bandwidth.Auto, times int, o bandwidth.Observation) {
	for range times {
		a.Step(o)
	}
}

// Without a packet of IPv4's nobody knows how these fare.
func TestAuto_KeepsTheLimitWhileIPv4IsSilent(t *testing.T) {
	t.Parallel()
	var a bandwidth.Auto
	repeat(&a, 10, steady(100*time.Millisecond, 0))
	before := a.Limit()
	if before == bandwidth.Unlimited {
		t.Fatal("there is no limit")
	}
	repeat(&a, 100, bandwidth.Observation{Elapsed: 100 * time.Millisecond, Sent: family.Pair[int64]{V6: 1 << 20}})
	if got := a.Limit(); got != before {
		t.Errorf("the limit went from %d to %d", before, got)
	}
}

func TestAuto_AFewSlowPeersSayNothing(t *testing.T) {
	t.Parallel()
	o := steady(100*time.Millisecond, 0)
	for i := range 3 { // each behind a queue of its own, that is full
		o.Paths[i].RTT, o.Paths[i].Lost = 200*time.Millisecond, i < 2
	}
	var a bandwidth.Auto
	for range 50 {
		a.Step(o)
		if a.State() != bandwidth.Growing {
			t.Fatalf("the state is %q", a.State())
		}
	}
}

// The machine was suspended, or somebody set the clock.
func TestAuto_TimeJumps(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{
		"AnHour": time.Hour, "AYear": 365 * 24 * time.Hour, "ForEver": math.MaxInt64,
		"None": 0, "Back": -time.Hour, "FarBack": math.MinInt64,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, queue := range []time.Duration{0, 50 * time.Millisecond} {
				var a bandwidth.Auto
				a.Step(steady(jump, queue))
				repeat(&a, 20, steady(100*time.Millisecond, queue))
				repeat(&a, 3, steady(jump, queue))
				repeat(&a, 20, steady(100*time.Millisecond, queue))
				if limit := a.Limit(); limit < 64<<10 || limit > 1<<40 {
					t.Errorf("the limit is %d with packets queueing for %v", limit, queue)
				}
			}
		})
	}
}

// Whatever is observed: IPv4 has a little, and the limit is a number.
func TestAuto_LimitIsSane(t *testing.T) {
	t.Parallel()
	durations := rapid.OneOf(
		rapid.Just(100*time.Millisecond),
		rapid.Map(rapid.Int64Range(0, int64(time.Second)), func(d int64) time.Duration { return time.Duration(d) }),
		rapid.Map(rapid.Int64(), func(d int64) time.Duration { return time.Duration(d) }),
	)
	bytes := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1<<30), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		var a bandwidth.Auto
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			a.Step(bandwidth.Observation{
				Elapsed: durations.Draw(t, "elapsed"),
				Sent:    family.Pair[int64]{V4: bytes.Draw(t, "IPv4"), V6: bytes.Draw(t, "IPv6")},
				Arrived: family.Pair[int64]{V4: bytes.Draw(t, "IPv4 arrived"), V6: bytes.Draw(t, "IPv6 arrived")},
				Paths: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bandwidth.Path {
					return bandwidth.Path{
						RTT: durations.Draw(t, "rtt"), Deviation: durations.Draw(t, "deviation"),
						Base: durations.Draw(t, "base"), Lost: rapid.Bool().Draw(t, "lost"),
					}
				}), 0, 8).Draw(t, "paths"),
			})
			if limit := a.Limit(); limit < 64<<10 {
				t.Fatalf("the limit is %d", limit)
			}
		}
	})
}
