package bandwidth_test

import (
	"math"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

const (
	tick   = 5 * time.Millisecond // of the model
	looks  = 20                   // ticks from one step of Auto to the next
	packed = 1448                 // bytes of data in a packet
	// distance is a round trip of the mean peer, while no packet queues.
	distance = 30 * time.Millisecond
)

// link is a model of an uplink and of who sends over it: a fluid that is as fast as its senders let it, and a queue that
// drops what is too much.
type link struct {
	auto     bandwidth.Auto
	capacity float64       // bytes of data per second
	buffer   time.Duration // how long the queue can be
	queue    float64       // bytes
	v4, v6   *flows
	paths    []*path       // of IPv4
	shaken   time.Duration // what these have on top though no packet queues

	now     time.Duration        // since the start
	sent    family.Pair[float64] // bytes
	arrived family.Pair[float64] // of these, not dropped
	out     family.Pair[float64] // of these, through the queue
	seen    family.Pair[float64] // of what was sent, by Auto
	past    family.Pair[float64] // of what is out, by Auto
	dropped bool                 // something was, since Auto looked last
	changes map[time.Duration]func()

	steps  []family.Pair[float64] // what arrived from one step of Auto to the next
	limits []int64                // that Auto set then
}

// flows is some connections of a family, taken together.
type flows struct {
	count   float64
	demand  float64 // bytes per second that their peers take
	window  float64 // bytes that TCP lets be on their way
	started bool    // the first loss has come
	calm    time.Duration
}

// path is how TCP sees the way of one of IPv4's connections.
type path struct {
	distance       time.Duration // round-trip time without a queue
	rtt, deviation float64       // seconds
	base           float64
}

// endless is a demand that is never met.
var endless = math.Inf(1)

func newLink(capacity float64) *link {
	l := &link{capacity: capacity, buffer: 40 * time.Millisecond, v4: newFlows(20, endless), v6: newFlows(0, endless)}
	for n := range 20 {
		distance := time.Duration(8+2*n) * time.Millisecond
		l.paths = append(l.paths, &path{distance: distance, rtt: distance.Seconds(), base: distance.Seconds()})
	}
	l.changes = make(map[time.Duration]func())
	return l
}

func newFlows(count int, demand float64) *flows {
	return &flows{count: float64(count), demand: demand, window: float64(count) * 10 * packed}
}

// at has something happen at a time.
func (l *link) at(when time.Duration, do func()) { l.changes[when] = do }

// run lets time pass.
func (l *link) run(d time.Duration) {
	for end := l.now + d; l.now < end; {
		if do := l.changes[l.now]; do != nil {
			do()
		}
		before := l.arrived
		for range looks {
			l.now += tick
			l.move()
		}
		l.steps = append(l.steps, family.Both(func(f family.Family) float64 { return l.arrived.Get(f) - before.Get(f) }))
		l.look()
		l.limits = append(l.limits, l.auto.Limit())
	}
}

// move is what happens in a tick.
func (l *link) move() {
	limit := endless
	if l.auto.Limit() != bandwidth.Unlimited {
		limit = float64(l.auto.Limit()) * packed / 1500
	}
	rtt := distance + l.wait()
	want := family.Pair[float64]{V4: min(l.v4.wants(rtt), limit), V6: l.v6.wants(rtt)}
	arrives := (want.V4 + want.V6) * tick.Seconds()
	most := l.capacity * l.buffer.Seconds()
	before := l.queue
	l.queue = max(0, l.queue+arrives-l.capacity*tick.Seconds())
	over := max(0, l.queue-most)
	l.queue -= over
	out := before + arrives - over - l.queue
	for _, f := range family.All {
		bytes := want.Get(f) * tick.Seconds()
		*l.sent.At(f) += bytes
		if arrives > 0 {
			*l.arrived.At(f) += bytes * (1 - over/arrives)
			*l.out.At(f) += out * bytes / arrives // as if the queue were mixed like that
		}
	}
	lost := over > 0
	l.dropped = l.dropped || lost
	l.v4.adapt(lost, want.V4, rtt)
	l.v6.adapt(lost, want.V6, rtt)
	for _, p := range l.paths {
		p.measure(l.wait()+l.shaken, want.V4/float64(len(l.paths)))
	}
}

// wait is how long a packet queues.
func (l *link) wait() time.Duration {
	return time.Duration(l.queue / l.capacity * float64(time.Second))
}

// wants is the rate of the flows, in bytes per second, while a round trip takes so long.
func (f *flows) wants(rtt time.Duration) float64 { return min(f.window/rtt.Seconds(), f.demand) }

// adapt is what TCP does: fast growth until something is lost, then less of it, and slow growth (RFC 5681), but none
// while the window is not used (RFC 7661).
func (f *flows) adapt(lost bool, rate float64, rtt time.Duration) {
	f.calm += tick
	rounds := tick.Seconds() / rtt.Seconds()
	switch {
	case lost && f.calm >= rtt:
		f.window, f.started, f.calm = max(0.7*f.window, f.count*2*packed), true, 0
	case f.window > 2*rate*rtt.Seconds():
	case !f.started:
		f.window *= math.Exp2(rounds)
	default:
		f.window += f.count * packed * rounds
	}
}

// measure takes what a packet saw into the means that TCP keeps (RFC 6298), once for every second packet.
func (p *path) measure(wait time.Duration, rate float64) {
	acks := rate * tick.Seconds() / packed / 2
	rtt := (p.distance + wait).Seconds()
	p.deviation += (1 - math.Pow(0.75, acks)) * (math.Abs(rtt-p.rtt) - p.deviation)
	p.rtt += (1 - math.Pow(0.875, acks)) * (rtt - p.rtt)
	if acks > 0 {
		p.base = min(p.base, rtt)
	}
}

// look has Auto look.
func (l *link) look() {
	o := bandwidth.Observation{Elapsed: looks * tick}
	o.Sent = family.Both(func(f family.Family) int64 { return int64(l.sent.Get(f) - l.seen.Get(f)) })
	o.Arrived = family.Both(func(f family.Family) int64 { return int64(l.out.Get(f) - l.past.Get(f)) })
	l.seen, l.past = l.sent, l.out
	if o.Sent.V4 > 0 {
		for _, p := range l.paths {
			o.Paths = append(o.Paths, bandwidth.Path{
				RTT: seconds(p.rtt), Deviation: seconds(p.deviation), Base: seconds(p.base), Lost: l.dropped,
			})
		}
	}
	l.dropped = false
	l.auto.Step(o)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// between returns the families' rates in a time, in bytes per second.
func (l *link) between(from, to time.Duration) family.Pair[float64] {
	steps := l.steps[from/(looks*tick) : to/(looks*tick)]
	return family.Both(func(f family.Family) (rate float64) {
		for _, arrived := range steps {
			rate += arrived.Get(f)
		}
		return rate / (to - from).Seconds()
	})
}

// limit returns what Auto allowed IPv4 at a time.
func (l *link) limit(at time.Duration) int64 { return l.limits[at/(looks*tick)] }
