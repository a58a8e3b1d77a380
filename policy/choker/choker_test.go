package choker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/choker"
)

const turn = 30 * time.Second

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// ago returns the moment that many seconds before a round at start.
func ago(seconds int) time.Time { return start.Add(-time.Duration(seconds) * time.Second) }

// Peers as they stand at start.
func holding(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Interested: true, Unchoked: true, Since: ago(seconds)}
}

func waiting(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Interested: true, Since: ago(seconds)}
}

func sated(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Unchoked: true, Since: ago(seconds)}
}

func idle(id choker.ID) choker.Peer { return choker.Peer{ID: id} }

func TestRules_Decide(t *testing.T) {
	t.Parallel()
	type (
		peers = []choker.Peer
		ids   = []choker.ID
	)
	for name, tc := range map[string]struct {
		slots int
		peers peers
		want  choker.Decision
	}{
		"Nobody":               {2, nil, choker.Decision{}},
		"NobodyInterested":     {2, peers{idle(1), idle(2)}, choker.Decision{}},
		"FreeSlotsAreGiven":    {3, peers{waiting(2, 5), idle(3), waiting(1, 9)}, choker.Decision{Unchoke: ids{1, 2}}},
		"LongestWaitingFirst":  {2, peers{waiting(1, 5), waiting(2, 9), waiting(3, 7)}, choker.Decision{Unchoke: ids{2, 3}}},
		"SatedPeersLoseTheirs": {2, peers{sated(1, 3), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"SatedThoughOneIsFree": {9, peers{sated(1, 3)}, choker.Decision{Choke: ids{1}}},
		"ATurnIsKept":          {1, peers{holding(1, 29), waiting(2, 500)}, choker.Decision{}},
		"TurnOver":             {1, peers{holding(1, 30), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"TurnOverNobodyWaits":  {1, peers{holding(1, 900), idle(2)}, choker.Decision{}},
		"LongestHoldingGoes": {
			3,
			peers{holding(1, 31), holding(2, 90), holding(3, 33), waiting(4, 1)},
			choker.Decision{Choke: ids{2}, Unchoke: ids{4}},
		},
		"AsManyGoAsWait": {
			3,
			peers{holding(1, 31), holding(2, 10), holding(3, 33), waiting(4, 1), waiting(5, 1), waiting(6, 2)},
			choker.Decision{Choke: ids{1, 3}, Unchoke: ids{4, 6}},
		},
		"FewerSlotsThanBefore": {
			1, peers{holding(1, 9), holding(2, 3), holding(3, 6)}, choker.Decision{Choke: ids{1, 3}},
		},
		"FewerSlotsAndTurnsOver": {
			2,
			peers{holding(1, 60), holding(2, 3), holding(3, 40), waiting(4, 8)},
			choker.Decision{Choke: ids{1, 3}, Unchoke: ids{4}},
		},
		"NoLimit":           {0, peers{holding(1, 900), waiting(3, 0), waiting(2, 0), sated(4, 0)}, choker.Decision{Choke: ids{4}, Unchoke: ids{2, 3}}},
		"NoLimitEither":     {-1, peers{waiting(1, 0), waiting(2, 0)}, choker.Decision{Unchoke: ids{1, 2}}},
		"ClockWentBack":     {1, peers{holding(1, -3600), waiting(2, -3600)}, choker.Decision{}},
		"SameMomentByID":    {1, peers{waiting(8, 5), waiting(3, 5), waiting(5, 5)}, choker.Decision{Unchoke: ids{3}}},
		"AllHoldWhatTheyDo": {2, peers{holding(1, 5), holding(2, 50)}, choker.Decision{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tc.peers)
			got := choker.Rules{Slots: tc.slots, Turn: turn}.Decide(tc.peers, start)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("another decision (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, tc.peers); diff != "" {
				t.Errorf("the snapshots were changed (-before +after)\n%s", diff)
			}
		})
	}
}

// Who holds a slot after each round, one every ten seconds. A capital is a peer whose interest begins before the round, a
// small letter one whose interest ends.
func TestRules_DecideRoundByRound(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		slots  int
		rounds string // "events:holders", a round each
	}{
		"FivePeersTakeTurns":     {2, "ABCDE:AB :AB :AB :CD :CD :CD :AE :AE :AE :BC"},
		"NobodyGoesForNobody":    {2, "AB:AB :AB :AB :AB :AB C:AC"},
		"AFreeSlotIsTakenAtOnce": {2, "ABC:AB a:BC A:BC :AC b:AC"},
		"ComingBackIsComingLast": {1, "ABC:A a:B A:B :B :C :C :C :A"},
		"NoLimit":                {0, "ABC:ABC D:ABCD ab:CD A:ACD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			swarm, now := swarm{}, start
			for i, round := range strings.Fields(story.rounds) {
				events, want, _ := strings.Cut(round, ":")
				for _, event := range events {
					swarm.interest(letterID(event), event < 'a', now)
				}
				swarm.apply(choker.Rules{Slots: story.slots, Turn: turn}.Decide(swarm.snapshot(), now), now)
				if got := swarm.letters(); got != want {
					t.Fatalf("round %d: %s hold a slot, want %s", i, got, want)
				}
				now = now.Add(10 * time.Second)
			}
		})
	}
}

func letterID(letter rune) choker.ID { return choker.ID(strings.ToUpper(string(letter))[0]) }

// letters names the holders of slots.
func (s swarm) letters() string {
	var holders []byte
	for _, peer := range s.snapshot() {
		if peer.Unchoked {
			holders = append(holders, byte(peer.ID))
		}
	}
	slices.Sort(holders)
	return string(holders)
}
