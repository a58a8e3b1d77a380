package choker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

// Whatever peers do between two rounds, a decision keeps the rules and changes no more than they demand.
func TestRules_DecideKeepsTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		round := round{swarm: swarm{}, now: start, rules: drawRules(t)}
		t.Repeat(map[string]func(*rapid.T){
			"join":  func(t *rapid.T) { round.draw(t) },
			"leave": func(t *rapid.T) { delete(round.swarm, drawID(t)) },
			"rules": func(t *rapid.T) { round.rules = drawRules(t) },
			"round": func(t *rapid.T) {
				round.now = round.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "seconds")) * time.Second)
				round.decide(t)
				round.checkOrderOfPeers(t)
				round.checkChanges(t)
				round.swarm.apply(round.decision, round.now)
				round.checkHolders(t)
				round.checkFamilies(t)
			},
		})
	})
}

func drawID(t *rapid.T) choker.ID { return choker.ID(rapid.Uint64Range(1, 14).Draw(t, "id")) }

func drawRules(t *rapid.T) choker.Rules {
	return choker.Rules{
		Slots: rapid.IntRange(-1, 8).Draw(t, "slots"),
		Limit: family.Both(func(f family.Family) int { return rapid.IntRange(-1, 5).Draw(t, f.String()) }),
		Floor: rapid.IntRange(0, 3).Draw(t, "floor"),
		Keep:  keep,
		Turn:  turn,
	}
}

// round is a swarm before and after a decision.
type round struct {
	swarm    swarm
	now      time.Time
	rules    choker.Rules
	before   map[choker.ID]choker.Peer
	decision choker.Decision
}

// draw lets something happen to a peer.
func (r *round) draw(t *rapid.T) {
	id := drawID(t)
	peer := r.swarm.join(id, family.All[id%2], r.now)
	peer.Interested = rapid.IntRange(0, 3).Draw(t, "interest") > 0
	peer.Last = rapid.IntRange(0, 5).Draw(t, "last") == 0
	peer.Idle = rapid.IntRange(0, 5).Draw(t, "idle") == 0
	peer.Quota, peer.Sent = 20, rapid.Int64Range(0, 30).Draw(t, "sent")
}

func (r *round) decide(t *rapid.T) {
	r.before = make(map[choker.ID]choker.Peer, len(r.swarm))
	for id, peer := range r.swarm {
		r.before[id] = *peer
	}
	r.decision = r.rules.Decide(r.swarm.snapshot(), r.now)
	for _, id := range r.decision.Choke {
		if !r.before[id].Unchoked {
			t.Fatalf("peer %d is choked, and was so before", id)
		}
	}
	for _, id := range r.decision.Unchoke {
		if peer := r.before[id]; peer.Unchoked || !peer.Interested {
			t.Fatalf("%+v is unchoked", peer)
		}
	}
}

// checkOrderOfPeers fails if it matters.
func (r *round) checkOrderOfPeers(t *rapid.T) {
	shuffled := rapid.Permutation(r.swarm.snapshot()).Draw(t, "order")
	if diff := cmp.Diff(r.decision, r.rules.Decide(shuffled, r.now)); diff != "" {
		t.Fatalf("the order of the peers matters\n%s", diff)
	}
}

// idle reports whether a peer counts as idle in this round, if it is not the one that tries again.
func (r *round) idle(peer choker.Peer) bool {
	return peer.Idle && (!peer.Unchoked || r.now.Sub(peer.Since) >= keep)
}

// mayTry reports whether an idle peer has waited for long enough to try again.
func (r *round) mayTry(peer choker.Peer) bool {
	return peer.Idle && !peer.Unchoked && r.now.Sub(peer.Since) >= 10*turn
}

// worse reports whether a peer of the same family goes last for what it did, and other does not or less so.
func (r *round) worse(peer, other choker.Peer) bool {
	if a, b := r.idle(peer), r.idle(other); a != b {
		return a && !r.mayTry(peer)
	}
	return !r.idle(peer) && peer.Last && !other.Last
}

// checkChanges fails if somebody loses a slot before the time, or gets one before others it is due to.
func (r *round) checkChanges(t *rapid.T) {
	for _, id := range r.decision.Choke {
		peer := r.before[id]
		held := r.now.Sub(peer.Since)
		over := held >= keep && (held >= turn || peer.Sent >= peer.Quota || peer.Last || peer.Idle)
		if peer.Interested && !over && !r.squeezed(peer.Family) {
			t.Fatalf("%+v is choked after %v", peer, held)
		}
	}
	var jumps family.Pair[int]
	for _, id := range r.decision.Unchoke {
		next, jumped := r.before[id], false
		for _, other := range r.before {
			if other.Family != next.Family || other.Unchoked || !other.Interested || slices.Contains(r.decision.Unchoke, other.ID) {
				continue
			}
			waitedLonger := other.Since.Before(next.Since) && !r.worse(other, next) && !r.mayTry(other) && !r.mayTry(next)
			if r.worse(next, other) || waitedLonger && next.Turns > 0 {
				t.Fatalf("%+v is unchoked before %+v", next, other)
			}
			jumped = jumped || waitedLonger
		}
		if jumped {
			*jumps.At(next.Family)++
		}
	}
	if jumps.V4 > 1 || jumps.V6 > 1 { // eight slots at most: one is for newcomers
		t.Fatalf("newcomers went before others: %+v", jumps)
	}
}

// squeezed reports whether a family has fewer slots after the decision than before, and so had to choke somebody.
func (r *round) squeezed(f family.Family) bool {
	change := 0
	for _, id := range r.decision.Unchoke {
		if r.before[id].Family == f {
			change++
		}
	}
	for _, id := range r.decision.Choke {
		if r.before[id].Family == f && r.before[id].Interested {
			change--
		}
	}
	return change < 0
}

// counts are the peers of a swarm that are interested.
type counts struct{ holders, waiting, active family.Pair[int] }

func (r *round) counts() counts {
	var c counts
	for id, peer := range r.swarm {
		switch {
		case peer.Unchoked:
			*c.holders.At(peer.Family)++
		case peer.Interested:
			*c.waiting.At(peer.Family)++
			if !r.idle(r.before[id]) {
				*c.active.At(peer.Family)++
			}
		}
	}
	return c
}

// checkHolders fails if there are too many holders, or too few.
func (r *round) checkHolders(t *rapid.T) {
	for _, peer := range r.swarm {
		if peer.Unchoked && !peer.Interested {
			t.Fatalf("peer %d holds a slot without interest", peer.ID)
		}
	}
	c := r.counts()
	free := r.rules.Slots <= 0 || c.holders.V4+c.holders.V6 < r.rules.Slots
	if r.rules.Slots > 0 && c.holders.V4+c.holders.V6 > r.rules.Slots {
		t.Fatalf("%+v slots held of %d", c.holders, r.rules.Slots)
	}
	for _, f := range family.All {
		limit := r.rules.Limit.Get(f)
		if limit >= 0 && c.holders.Get(f) > limit {
			t.Fatalf("%v holds %d slots of %d", f, c.holders.Get(f), limit)
		}
		if free && c.waiting.Get(f) > 0 && (limit < 0 || c.holders.Get(f) < limit) {
			t.Fatalf("%v waits while slots are free: %+v under %+v", f, c, r.rules)
		}
	}
}

// checkFamilies fails if IPv4 holds a slot that an IPv6 peer waits for, beyond its floor, or has less than its floor.
func (r *round) checkFamilies(t *rapid.T) {
	c := r.counts()
	limit := r.rules.Limit
	if c.active.V6 > 0 && (limit.V6 < 0 || c.holders.V6 < limit.V6) && c.holders.V4 > r.rules.Floor {
		t.Fatalf("IPv6 peers wait while IPv4 holds slots: %+v under %+v", c, r.rules)
	}
	floor := r.rules.Floor
	if r.rules.Slots > 0 {
		floor = min(floor, r.rules.Slots/2)
	}
	if limit.V4 >= 0 {
		floor = min(floor, limit.V4)
	}
	if c.active.V4 > 0 && c.holders.V4 < floor && c.holders.V6 > c.holders.V4 {
		t.Fatalf("IPv4 is below its floor: %+v under %+v", c, r.rules)
	}
}

// Everybody interested has a turn in time, however many they are, whenever they came and whoever goes. Of four slots or
// more, those for newcomers are not counted on.
func TestRules_DecideLetsNobodyWaitForLong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const interval = turn / 3
		slots := rapid.IntRange(1, 12).Draw(t, "slots")
		count := rapid.IntRange(1, 40).Draw(t, "peers")
		rules, swarm := choker.Rules{Slots: slots, Limit: bothUnlimited, Keep: keep, Turn: turn}, swarm{}
		sure := slots - slots/5
		if slots == 4 {
			sure = 3
		}
		most := time.Duration((count+sure-1)/sure) * turn
		f := rapid.SampledFrom(family.All[:]).Draw(t, "family")
		for round := range 3 * count {
			now := start.Add(time.Duration(round) * interval)
			if round < count {
				swarm.join(choker.ID(round), f, now) // one comes with every round
			}
			if rapid.IntRange(0, 9).Draw(t, "goes") == 0 {
				delete(swarm, choker.ID(rapid.IntRange(0, count-1).Draw(t, "id")))
			}
			swarm.apply(rules.Decide(swarm.snapshot(), now), now)
			for _, peer := range swarm {
				if waited := now.Sub(peer.Since); !peer.Unchoked && waited >= most {
					t.Fatalf("%d peers, %d slots: peer %d waits for %v, at most %v are due", count, slots, peer.ID, waited, most)
				}
			}
		}
	})
}
