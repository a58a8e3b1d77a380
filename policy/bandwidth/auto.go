package bandwidth

import (
	"math"
	"time"
)

// Auto finds the limit of IPv4 that leaves IPv6 all that it can use, without knowing the link's rate.
//
// IPv4 as a whole is treated as a scavenger (RFC 6817 does so with one connection): its limit grows until packets begin
// to queue on the way out, and falls while they do. IPv6 is never limited, so it takes from IPv4 whatever it wants, and
// what it cannot use, because its peers read slowly or sit behind a slow link of their own, makes no queue that IPv4's
// packets see, and is IPv4's.
//
// The queue is seen in what IPv4's packets go through; see strain. One that is too short to be seen drops packets, IPv6's
// too, and TCP takes seconds to come back from that: what IPv6 had before counts as its own meanwhile. A way that is
// unsteady by itself is told by cuts that change nothing: what there was of it then counts as usual.
//
// While nothing goes out over IPv6 there is no limit at all.
type Auto struct {
	state    AutoState
	limit    float64       // of IPv4; all rates are in bytes per second, as Limits counts them
	usage    Usage         // what is sent
	arrived  Usage         // what of that arrives
	ipv6     float64       // IPv6's, smoothed more
	asked    bool          // IPv6 peers take something
	silent   time.Duration // since the last byte over IPv6
	capacity float64       // what arrived of both together when packets queued last; 0: they never did
	clear    time.Duration // for how long no packets have queued
	full     time.Duration // for how long they have, though there should be room on the link
	since    time.Duration // since the limit was cut
	vain     bool          // the last cut was for a link that carries less than before, and should have shown
	usual    strain        // what there is of it though the link is not full; slowly forgotten
	had      float64       // what IPv6 had when packets were lost though none queued
	healing  time.Duration // for how long it may take to have that again
	best     float64       // the most that both ever had together, slowly forgotten
}

// AutoState is what Auto is doing.
type AutoState uint8

// The states.
const (
	Unlimiting AutoState = iota // nothing goes out over IPv6
	Growing                     // there is room for more IPv4
	Yielding                    // packets queue: IPv4 makes room
)

// String says the state in words.
func (s AutoState) String() string {
	switch s {
	case Growing:
		return "the link has room"
	case Yielding:
		return "IPv6 peers want more"
	default:
		return "no IPv6 peer takes anything"
	}
}

const (
	// longestStep is as much time as a step can count: the machine may have been asleep.
	longestStep = 2 * time.Second
	// quietAfter is how long IPv6 must be silent until IPv4 has no limit.
	quietAfter = 2 * time.Second
	// leastShare of what the link carries IPv4 has always: without a packet now and then nobody can tell how long they
	// queue.
	leastShare = 0.01
	leastRate  = 64 << 10
	// leastFull is the part of its capacity from which on a link can have a queue. With less on it what there was of one
	// is on its way out, and in the end it shows in the smoothed round-trip times: that takes no longer than drained.
	leastFull = 0.9
	drained   = 2 * time.Second
	// leastFelt is the part of the capacity that IPv4 must have for a cut to show.
	leastFelt = 0.1
	// A cut leaves so much of IPv4's rate; one for a strain of more than severe, or for an IPv6 that rises steeply, leaves
	// severeCut.
	cut, severeCut, severe = 0.85, 0.4, 4
	// rise and steepRise are by how much IPv6's rate must be above its mean to count as rising, and as rising steeply, as
	// parts of the best rate.
	rise, steepRise = 0.015, 0.03
	// calm is how long there must have been no strain before the limit grows.
	calm = 300 * time.Millisecond
	// recovery is how long IPv6 has at most to come back after a loss, and leastHealed the part of its rate that will do.
	recovery    = 5 * time.Second
	leastHealed = 0.9
	// growth is by how much the limit grows in a tenth of a second, up to what is known to be there.
	growth = 1.5
	// patience is how long the limit stays there before it is tried whether there is more, in steps that grow by probing
	// of the best rate with each second.
	patience = 2 * time.Second
	probing  = 0.002
	// spareShare of the capacity is kept free, so that queues stay empty.
	spareShare = 0.02
	// forgetting is how fast the best rate is forgotten: the time in which it halves.
	forgetting = 5 * time.Minute
)

// Step takes an observation.
func (a *Auto) Step(o Observation) {
	if o.Elapsed <= 0 {
		return // somebody set the clock back
	}
	o.Elapsed = min(o.Elapsed, longestStep)
	a.measure(o)
	if !a.asked {
		*a = Auto{usage: a.usage, arrived: a.arrived, ipv6: a.ipv6, usual: a.usual, best: a.best}
		return
	}
	if a.state == Unlimiting {
		a.state, a.limit, a.since = Growing, a.usage.rates.V4, quietAfter
	}
	if now, known := strainOf(o.Paths); known {
		a.feel(now, o)
	}
	a.limit = max(a.limit, a.least())
}

// feel takes what IPv4's packets go through.
func (a *Auto) feel(now strain, o Observation) {
	a.since += o.Elapsed
	a.healing = max(0, a.healing-o.Elapsed)
	strained, lossOnly := now.beyond(a.usual) >= 1, now.isLossOnly(a.usual)
	a.doubt(strained, o.Elapsed)
	if strained && lossOnly {
		a.heal()
	}
	if passes := a.doubtful() && lossOnly; strained && !passes || a.contested() {
		a.yield(now, o)
	} else {
		a.grow(o)
	}
}

// Limit is what IPv4 may have now, as Limits has it.
func (a *Auto) Limit() int64 {
	if !a.asked || a.limit >= Unlimited {
		return Unlimited
	}
	return int64(a.limit)
}

// State returns what Auto is doing.
func (a *Auto) State() AutoState { return a.state }

func (a *Auto) measure(o Observation) {
	seconds := o.Elapsed.Seconds()
	a.usage.Add(o.Sent, o.Elapsed)
	a.arrived.Add(o.Arrived, o.Elapsed)
	approach(&a.ipv6, a.usage.rates.V6, o.Elapsed, 2*smoothing)
	a.silent += o.Elapsed
	if o.Sent.V6 > 0 {
		a.silent, a.asked = 0, true
	}
	a.asked = a.asked && a.silent < quietAfter
	a.usual = a.usual.times(math.Exp2(-seconds / forgetting.Seconds()))
	a.best *= math.Exp2(-seconds / forgetting.Seconds())
	a.best = max(a.best, a.usage.total())
}

// rising reports whether IPv6 takes more and more, by a part of the best rate at least.
func (a *Auto) rising(by float64) bool { return a.usage.rates.V6 > a.ipv6+by*a.best }

// contested reports whether IPv6 takes more and more of a link that carries all it can: before there is a queue to be seen.
func (a *Auto) contested() bool {
	return a.capacity > 0 && a.usage.total() > (1-spareShare)*a.capacity && a.rising(steepRise)
}

// learn takes what arrives for what the link carries, now that it is full. Unless it is much less than that was before:
// then it may just look full.
func (a *Auto) learn() {
	switch total := a.arrived.total(); {
	case a.capacity == 0:
		a.capacity = total
	case total > leastFull*a.capacity:
		a.capacity = (a.capacity + total) / 2
	}
}

// least is what IPv4 has in any case.
func (a *Auto) least() float64 { return max(leastShare*a.best, leastRate) }

// doubt notes for how long there has been a strain though the link should have room.
func (a *Auto) doubt(strained bool, elapsed time.Duration) {
	switch {
	case a.usage.total() > leastFull*a.capacity || !strained && a.clear >= calm:
		a.full = 0
	case strained:
		a.full += elapsed
	}
}

// doubtful reports whether a strain may pass by itself: a queue that is on its way out, or packets lost to a burst.
func (a *Auto) doubtful() bool { return a.full > 0 && a.full < drained }

// heal notes that packets were lost, with no queue to be seen: IPv6's among them. What its connections do without for a
// while then is not left over.
func (a *Auto) heal() {
	if a.healing == 0 {
		a.had = 0
	}
	a.had, a.healing = max(a.had, a.ipv6), recovery
}

// healed reports whether IPv6 has again what it had before packets were lost, or has had the time to.
func (a *Auto) healed() bool { return a.healing == 0 || a.usage.rates.V6 > leastHealed*a.had }

// yield cuts the limit, and not again before that can have shown.
func (a *Auto) yield(now strain, o Observation) {
	if a.state != Yielding {
		a.state, a.clear = Yielding, 0
		a.learn()
	}
	switch {
	case a.full >= drained && a.vain: // twice in vain: it was not ours
		a.usual, a.vain = now, false
		return
	case a.full >= drained: // the link carries less than before
		a.capacity, a.full = a.arrived.total(), 0
		a.vain = a.usage.rates.V4 > leastFelt*a.capacity
	case a.doubtful() || a.since < settling(o.Paths):
		return
	}
	a.since = 0
	a.limit = min(a.limit, a.usage.rates.V4)
	if now.beyond(a.usual) > severe || a.rising(steepRise) {
		a.limit *= severeCut
	} else {
		a.limit *= cut
	}
}

// grow raises the limit: fast up to what the link has carried before, and after a while in small steps beyond. It waits
// for an IPv6 that grows itself.
func (a *Auto) grow(o Observation) {
	a.state, a.vain = Growing, false
	a.clear += o.Elapsed
	if a.clear < calm || a.rising(rise) || !a.healed() || a.limit > max(2*a.usage.rates.V4, a.least()) {
		return
	}
	steps := float64(o.Elapsed) / float64(100*time.Millisecond)
	known := (1-spareShare)*a.capacity - a.ipv6
	if a.capacity == 0 {
		known = math.Inf(1)
	}
	switch {
	case a.limit < known:
		a.limit = min(known, a.limit*math.Pow(growth, steps))
	case a.clear > patience:
		a.limit += steps * probing * (a.clear - patience).Seconds() * a.best
	}
}
