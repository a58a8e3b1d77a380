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
		rules := choker.Rules{Slots: rapid.IntRange(-1, 6).Draw(t, "slots"), Turn: turn}
		swarm, now, lowered := swarm{}, start, false
		t.Repeat(map[string]func(*rapid.T){
			"interest": func(t *rapid.T) {
				id := choker.ID(rapid.Uint64Range(1, 12).Draw(t, "id"))
				swarm.interest(id, rapid.Bool().Draw(t, "interested"), now)
				swarm[id].Family = rapid.SampledFrom(family.All[:]).Draw(t, "family")
			},
			"leave": func(t *rapid.T) { delete(swarm, choker.ID(rapid.Uint64Range(1, 12).Draw(t, "id"))) },
			"slots": func(t *rapid.T) {
				before := rules.Slots
				rules.Slots = rapid.IntRange(-1, 6).Draw(t, "slots")
				lowered = lowered || rules.Slots > 0 && (rules.Slots < before || before <= 0)
			},
			"round": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "seconds")) * time.Second)
				peers := swarm.snapshot()
				decision := rules.Decide(peers, now)
				checkStable(t, rules, peers, now, decision)
				checkChanges(t, rules, swarm, now, decision, lowered)
				swarm.apply(decision, now)
				checkSlots(t, rules, swarm)
				lowered = false
			},
		})
	})
}

// checkStable fails if the order of the peers matters.
func checkStable(t *rapid.T, rules choker.Rules, peers []choker.Peer, now time.Time, want choker.Decision) {
	shuffled := rapid.Permutation(peers).Draw(t, "order")
	if diff := cmp.Diff(want, rules.Decide(shuffled, now)); diff != "" {
		t.Fatalf("the order of the peers matters\n%s", diff)
	}
}

// checkChanges fails if somebody loses or gets a slot without need.
func checkChanges(t *rapid.T, rules choker.Rules, swarm swarm, now time.Time, decision choker.Decision, lowered bool) {
	for _, id := range decision.Choke {
		peer := swarm[id]
		if !peer.Unchoked {
			t.Fatalf("peer %d is choked, and was so before", id)
		}
		if peer.Interested && now.Sub(peer.Since) < rules.Turn && !lowered {
			t.Fatalf("peer %d is choked after %v", id, now.Sub(peer.Since))
		}
	}
	for _, id := range decision.Unchoke {
		if peer := swarm[id]; peer.Unchoked || !peer.Interested {
			t.Fatalf("%+v is unchoked", *peer)
		}
		for _, other := range swarm {
			if other.Interested && !other.Unchoked && other.Since.Before(swarm[id].Since) && !slices.Contains(decision.Unchoke, other.ID) {
				t.Fatalf("peer %d is unchoked before %d, which waited longer", id, other.ID)
			}
		}
	}
}

// checkSlots fails if there are too many holders, the wrong ones, or too few.
func checkSlots(t *rapid.T, rules choker.Rules, swarm swarm) {
	var holders, waiting int
	for _, peer := range swarm {
		switch {
		case peer.Unchoked && !peer.Interested:
			t.Fatalf("peer %d holds a slot without interest", peer.ID)
		case peer.Unchoked:
			holders++
		case peer.Interested:
			waiting++
		}
	}
	if rules.Slots > 0 && holders > rules.Slots {
		t.Fatalf("%d slots held of %d", holders, rules.Slots)
	}
	if waiting > 0 && (rules.Slots <= 0 || holders < rules.Slots) {
		t.Fatalf("%d wait while %d of %d slots are held", waiting, holders, rules.Slots)
	}
}

// Everybody interested has a turn in time, however many they are, whenever they came and whoever goes.
func TestRules_DecideLetsNobodyWaitForLong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const interval = turn / 3
		slots := rapid.IntRange(1, 8).Draw(t, "slots")
		count := rapid.IntRange(1, 40).Draw(t, "peers")
		rules, swarm := choker.Rules{Slots: slots, Turn: turn}, swarm{}
		most := time.Duration((count+slots-1)/slots) * turn
		for round := range 3 * count {
			now := start.Add(time.Duration(round) * interval)
			if round < count {
				swarm.interest(choker.ID(round), true, now) // one comes with every round
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
