package seeder

import (
	"context"
	"sync"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/budget"
	"sixseed/policy/choker"
	"sixseed/policy/family"
)

const (
	uplinkInterval = 100 * time.Millisecond
	idleInterval   = time.Second // while there are no peers
	// observed is how many connections are asked how their packets fare.
	observed = 64
)

// UploadPolicy is what may be sent.
type UploadPolicy struct {
	Auto    bool        // IPv6 first without knowing the link's rate
	Plan    budget.Plan // limits, quotas and when they hold
	Peer    int64       // bytes per second of each connection, as bandwidth.Limits has it
	Address int64       // and of each IPv4 address or IPv6 /64
	Copies  int         // of a torrent that one of these may have until it comes last in its family; 0: any number
}

// uplink keeps the gate's limits as the policy wants them, and says what is left for IPv4.
type uplink struct {
	gate  *bandwidth.Gate
	swarm Swarm

	mu       sync.Mutex
	policy   UploadPolicy
	decision budget.Decision // what the plan says now
	auto     bandwidth.Auto
	usage    bandwidth.Usage
	granted  family.Pair[int64] // by the gate, at
	at       time.Time
	limits   bandwidth.Limits // that the gate has
	demand   demand           // of IPv4, in the last round
	room     choker.Room      // that IPv4 has
}

// demand is how many peers of a family hold a slot, and how many of these would take more.
type demand struct{ holders, waiting int }

func newUplink(gate *bandwidth.Gate, swarm Swarm, policy UploadPolicy) *uplink {
	return &uplink{gate: gate, swarm: swarm, policy: policy, limits: gate.Limits()}
}

// set changes the policy. It holds from the next plan on.
func (u *uplink) set(policy UploadPolicy) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.policy = policy
}

// plan asks the plan what holds now.
func (u *uplink) plan(now time.Time, used family.Pair[int64], recent budget.Recent) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.decision = u.policy.Plan.At(now, used, recent)
	u.apply()
}

// apply makes limits of the decision and of what the automatic mode found.
func (u *uplink) apply() {
	limits := bandwidth.Limits{
		Upload: u.decision.Limits.Upload, Family: u.decision.Limits.Family, Floor: u.decision.Limits.Floor,
		Peer: u.policy.Peer, Address: u.policy.Address,
	}
	if u.policy.Auto {
		limits.Family.V4 = min(limits.Family.V4, max(u.auto.Limit(), limits.Floor))
	}
	u.limits = limits
	u.gate.Apply(limits)
}

// step looks at what has gone out since the last one. It reports whether IPv4 has more room or less than before.
func (u *uplink) step(now time.Time) (changed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	granted, elapsed := u.gate.Granted(), now.Sub(u.at)
	sent := family.Both(func(f family.Family) int64 { return granted.Get(f) - u.granted.Get(f) })
	u.granted, u.at = granted, now
	u.usage.Add(sent, elapsed)
	if u.policy.Auto {
		u.auto.Step(u.observe(elapsed, sent))
		u.apply()
	}
	before := u.room.Slots
	u.room = u.room.Next(choker.Leftover{
		Rate: u.limits.Available(u.usage).V4, Floor: u.limits.Floor, Upload: u.limits.Upload,
		Holders: u.demand.holders, Waiting: u.demand.waiting,
	}, now)
	return u.room.Slots != before
}

// observe asks connections how they fare, of each family no more than observed: where there are more of them, all are
// taken to fare like those. What TCP has sent counts for IPv6, if all can be asked: its sockets take much at once, and send
// it later, so that what was let through comes in lumps.
func (u *uplink) observe(elapsed time.Duration, sent family.Pair[int64]) bandwidth.Observation {
	v4, v6 := u.swarm.Paths(family.V4, observed), u.swarm.Paths(family.V6, observed)
	o := bandwidth.Observation{
		Elapsed: elapsed,
		Sent:    sent,
		Arrived: family.Pair[int64]{V4: arrived(v4, sent.V4), V6: arrived(v6, sent.V6)},
		Paths:   v4,
	}
	if len(v6) < observed {
		o.Sent.V6, _ = traffic(v6)
	}
	return o
}

// arrived is what has arrived, in bytes, of a family whose connections were let send so much: that itself where they do not
// know.
func arrived(paths []bandwidth.Path, granted int64) int64 {
	sent, acknowledged := traffic(paths)
	switch {
	case sent == 0:
		return granted
	case len(paths) < observed:
		return acknowledged
	default:
		return int64(float64(granted) * float64(acknowledged) / float64(sent))
	}
}

// traffic is what TCP has sent on connections, and what of that was acknowledged, in bytes.
func traffic(paths []bandwidth.Path) (sent, acknowledged int64) {
	for _, path := range paths {
		sent += path.Sent
		acknowledged += path.Arrived
	}
	return sent, acknowledged
}

// rules are what the choker keeps to, but for the number of slots.
func (u *uplink) rules() choker.Rules {
	u.mu.Lock()
	defer u.mu.Unlock()
	rules := choker.Rules{Keep: slotKeep, Turn: slotTurn, Floor: choker.SlotsFor(u.limits.Floor)}
	rules.Limit.V4, rules.Limit.V6 = u.room.Slots, choker.Unlimited
	if u.limits.Family.V6 == 0 {
		rules.Limit.V6 = 0
	}
	return rules
}

// full reports whether the link is known to be full though no limit says so.
func (u *uplink) full() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.policy.Auto && u.auto.State() == bandwidth.Yielding
}

// note says how IPv4's peers stood in a round.
func (u *uplink) note(d demand) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.demand = d
}

// run steps until ctx ends, and calls changed when IPv4 has more room or less.
func (u *uplink) run(ctx context.Context, now func() time.Time, changed func()) error {
	timer := time.NewTimer(uplinkInterval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if u.step(now()) {
			changed()
		}
		if u.swarm.Count() > 0 {
			timer.Reset(uplinkInterval)
		} else {
			timer.Reset(idleInterval)
		}
	}
}
