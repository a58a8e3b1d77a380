package choker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

type (
	peers = []choker.Peer
	ids   = []choker.ID
)

// repeat returns peers that stand like one, whose IDs follow on its.
func repeat(n int, peer choker.Peer) peers {
	all := slices.Repeat(peers{peer}, n)
	for i := range all {
		all[i].ID += choker.ID(i)
	}
	return all
}

// ago returns the moment that many seconds before a round at start.
func ago(seconds int) time.Time { return start.Add(-time.Duration(seconds) * time.Second) }

// Peers as they stand at start: of IPv4, and not for the first time here.
func holding(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Interested: true, Unchoked: true, Since: ago(seconds), Turns: 1}
}

func waiting(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Interested: true, Since: ago(seconds), Turns: 1}
}

func sated(id choker.ID, seconds int) choker.Peer {
	return choker.Peer{ID: id, Unchoked: true, Since: ago(seconds), Turns: 1}
}

func indifferent(id choker.ID) choker.Peer { return choker.Peer{ID: id} }

// What else there may be about them.
func v6(peer choker.Peer) choker.Peer {
	peer.Family = family.V6
	return peer
}

func sent(pieces int64, peer choker.Peer) choker.Peer {
	peer.Sent, peer.Quota = pieces<<20, 20<<20
	return peer
}

func last(peer choker.Peer) choker.Peer {
	peer.Last = true
	return peer
}

func idle(peer choker.Peer) choker.Peer {
	peer.Idle = true
	return peer
}

func newcomer(peer choker.Peer) choker.Peer {
	peer.Turns = 0
	return peer
}

// decisions is a table of what is decided about peers at start.
type decisions map[string]struct {
	rules choker.Rules
	peers peers
	want  choker.Decision
}

func (table decisions) run(t *testing.T) {
	t.Helper()
	for name, tc := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tc.peers)
			tc.rules.Keep, tc.rules.Turn = keep, turn
			got := tc.rules.Decide(tc.peers, start)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("another decision (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, tc.peers); diff != "" {
				t.Errorf("the snapshots were changed (-before +after)\n%s", diff)
			}
		})
	}
}

// slots are rules that know of no family.
func slots(n int) choker.Rules { return choker.Rules{Slots: n, Limit: bothUnlimited} }

// floored are rules under which IPv4 keeps some slots.
func floored(n, floor int) choker.Rules {
	return choker.Rules{Slots: n, Limit: bothUnlimited, Floor: floor}
}

// limited are rules under which a family may hold some slots only.
func limited(n, limitV6, limitV4 int) choker.Rules {
	return choker.Rules{Slots: n, Limit: family.Pair[int]{V4: limitV4, V6: limitV6}}
}

func TestRules_Decide(t *testing.T) {
	t.Parallel()
	decisions{
		"Nobody":               {slots(2), nil, choker.Decision{}},
		"NobodyInterested":     {slots(2), peers{indifferent(1), indifferent(2)}, choker.Decision{}},
		"FreeSlotsAreGiven":    {slots(3), peers{waiting(2, 5), indifferent(3), waiting(1, 9)}, choker.Decision{Unchoke: ids{1, 2}}},
		"LongestWaitingFirst":  {slots(2), peers{waiting(1, 5), waiting(2, 9), waiting(3, 7)}, choker.Decision{Unchoke: ids{2, 3}}},
		"SatedPeersLoseTheirs": {slots(2), peers{sated(1, 3), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"SatedThoughOneIsFree": {slots(9), peers{sated(1, 3)}, choker.Decision{Choke: ids{1}}},
		"NoLimit":              {slots(0), peers{holding(1, 900), waiting(3, 0), waiting(2, 0), sated(4, 0)}, choker.Decision{Choke: ids{4}, Unchoke: ids{2, 3}}},
		"NoLimitEither":        {slots(-1), peers{waiting(1, 0), waiting(2, 0)}, choker.Decision{Unchoke: ids{1, 2}}},
		"SameMomentByID":       {slots(1), peers{waiting(8, 5), waiting(3, 5), waiting(5, 5)}, choker.Decision{Unchoke: ids{3}}},
		"ClockWentBack":        {slots(1), peers{holding(1, -3600), waiting(2, -3600)}, choker.Decision{}},
		"FewerSlotsThanBefore": {slots(1), peers{holding(1, 9), holding(2, 3), holding(3, 6)}, choker.Decision{Choke: ids{1, 3}}},
		"AllHoldWhatTheyDo":    {slots(2), peers{holding(1, 5), holding(2, 50)}, choker.Decision{}},
	}.run(t)
}

func TestRules_DecideTurns(t *testing.T) {
	t.Parallel()
	decisions{
		"ATurnIsKept":           {slots(1), peers{holding(1, 29), waiting(2, 500)}, choker.Decision{}},
		"TimeIsOver":            {slots(1), peers{holding(1, 30), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"TimeIsOverNobodyWaits": {slots(1), peers{holding(1, 900), indifferent(2)}, choker.Decision{}},
		"QuotaNotYetUsed":       {slots(1), peers{sent(19, holding(1, 29)), waiting(2, 0)}, choker.Decision{}},
		"QuotaUsed":             {slots(1), peers{sent(20, holding(1, 10)), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"QuotaUsedTooSoon":      {slots(1), peers{sent(90, holding(1, 9)), waiting(2, 0)}, choker.Decision{}},
		"QuotaUsedNobodyWaits":  {slots(1), peers{sent(90, holding(1, 20))}, choker.Decision{}},
		"LongestHoldingGoes": {
			slots(3),
			peers{sent(9, holding(1, 31)), holding(2, 90), sent(5, holding(3, 33)), waiting(4, 1)},
			choker.Decision{Choke: ids{2}, Unchoke: ids{4}},
		},
		"AsManyGoAsWait": {
			slots(3),
			peers{holding(1, 31), holding(2, 10), holding(3, 33), waiting(4, 1), waiting(5, 1), waiting(6, 2)},
			choker.Decision{Choke: ids{1, 3}, Unchoke: ids{4, 6}},
		},
		"FewerSlotsAndTurnsOver": {
			slots(2),
			peers{holding(1, 60), holding(2, 3), holding(3, 40), waiting(4, 8)},
			choker.Decision{Choke: ids{1, 3}, Unchoke: ids{4}},
		},
		"SameMomentFewerTurns": {slots(1), peers{waiting(1, 5), newcomer(waiting(2, 5))}, choker.Decision{Unchoke: ids{2}}},
		"SameMomentMoreSent": {
			slots(2), peers{sent(1, holding(1, 40)), sent(2, holding(2, 40)), waiting(3, 5)}, choker.Decision{Choke: ids{2}, Unchoke: ids{3}},
		},
		"OverDownloadedWaitsForAll":   {slots(1), peers{last(waiting(1, 900)), waiting(2, 0)}, choker.Decision{Unchoke: ids{2}}},
		"OverDownloadedTakesFreeSlot": {slots(2), peers{last(waiting(1, 900)), waiting(2, 0)}, choker.Decision{Unchoke: ids{1, 2}}},
		"OverDownloadedHasNoTurn":     {slots(1), peers{last(holding(1, 11)), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"OverDownloadedIsKeptThough":  {slots(1), peers{last(holding(1, 9)), waiting(2, 0)}, choker.Decision{}},
		"OverDownloadedAmongThem":     {slots(1), peers{last(holding(1, 11)), last(waiting(2, 99))}, choker.Decision{}},
		"OverDownloadedTakesNoTurn":   {slots(1), peers{holding(1, 90), last(waiting(2, 99))}, choker.Decision{}},
		"OverDownloadedTakeTurns": {
			slots(2),
			peers{last(holding(1, 20)), last(sent(20, holding(2, 15))), last(waiting(3, 5))},
			choker.Decision{Choke: ids{2}, Unchoke: ids{3}},
		},
		"NewcomerGoesFirst": {
			slots(4),
			peers{holding(1, 5), holding(2, 5), holding(3, 5), newcomer(waiting(4, 1)), waiting(5, 90)},
			choker.Decision{Unchoke: ids{4}},
		},
		"OneNewcomerOfFour": {
			slots(4),
			peers{newcomer(holding(1, 5)), holding(2, 5), holding(3, 5), newcomer(waiting(4, 1)), waiting(5, 90)},
			choker.Decision{Unchoke: ids{5}},
		},
		"OneNewcomerOfNine": {
			slots(9), append(repeat(5, newcomer(waiting(1, 1))), repeat(9, waiting(11, 9))...), choker.Decision{Unchoke: ids{1, 11, 12, 13, 14, 15, 16, 17, 18}},
		},
		"TwoNewcomersOfTen": {
			slots(10), append(repeat(5, newcomer(waiting(1, 1))), repeat(9, waiting(11, 9))...), choker.Decision{Unchoke: ids{1, 2, 11, 12, 13, 14, 15, 16, 17, 18}},
		},
		"NewcomerHasNoPlaceOfThree": {
			slots(3), peers{holding(1, 5), holding(2, 5), newcomer(waiting(4, 1)), waiting(5, 90)}, choker.Decision{Unchoke: ids{5}},
		},
		"OverDownloadedIsNoNewcomer": {
			slots(4),
			peers{holding(1, 5), holding(2, 5), holding(3, 5), last(newcomer(waiting(4, 1))), waiting(5, 90)},
			choker.Decision{Unchoke: ids{5}},
		},
	}.run(t)
}

func TestRules_DecideFamilies(t *testing.T) {
	t.Parallel()
	decisions{
		"IPv6First":          {slots(1), peers{waiting(1, 900), v6(waiting(2, 0))}, choker.Decision{Unchoke: ids{2}}},
		"IPv4HoldsTheRest":   {slots(2), peers{waiting(1, 900), v6(waiting(2, 0))}, choker.Decision{Unchoke: ids{1, 2}}},
		"IPv6TakesAtOnce":    {slots(1), peers{holding(1, 1), v6(waiting(2, 0))}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"IPv4TakesNothing":   {slots(1), peers{v6(holding(1, 900)), waiting(2, 900)}, choker.Decision{}},
		"IPv6TakesTurns":     {slots(1), peers{v6(holding(1, 29)), v6(waiting(2, 99))}, choker.Decision{}},
		"OverDownloadedIPv6": {slots(1), peers{waiting(1, 99), last(v6(waiting(2, 0)))}, choker.Decision{Unchoke: ids{2}}},
		"MostServedGoes": {
			slots(3),
			peers{sent(5, holding(1, 29)), sent(9, holding(2, 2)), sent(7, holding(3, 40)), v6(waiting(4, 0))},
			choker.Decision{Choke: ids{2}, Unchoke: ids{4}},
		},
		"OverDownloadedGoesBefore": {
			slots(2), peers{last(sent(1, holding(1, 5))), sent(9, holding(2, 5)), v6(waiting(3, 0))}, choker.Decision{Choke: ids{1}, Unchoke: ids{3}},
		},
		"NoRoomForIPv4":       {limited(9, -1, 0), peers{holding(1, 1), waiting(2, 9), v6(waiting(3, 0))}, choker.Decision{Choke: ids{1}, Unchoke: ids{3}}},
		"NoRoomThoughNoLimit": {limited(0, -1, 0), peers{holding(1, 1), waiting(2, 9), v6(waiting(3, 0))}, choker.Decision{Choke: ids{1}, Unchoke: ids{3}}},
		"RoomForOneIPv4":      {limited(9, -1, 1), peers{sent(1, holding(1, 1)), sent(2, holding(2, 1)), waiting(3, 99)}, choker.Decision{Choke: ids{2}}},
		"LimitOfIPv6":         {limited(3, 1, -1), peers{v6(waiting(1, 2)), v6(waiting(2, 1)), waiting(3, 0)}, choker.Decision{Unchoke: ids{1, 3}}},
		"NoRoomForAnybody":    {limited(9, 0, 0), peers{v6(holding(1, 1)), waiting(2, 0)}, choker.Decision{Choke: ids{1}}},
		"FloorIsKept":         {floored(2, 1), peers{v6(holding(1, 1)), v6(waiting(2, 9)), holding(3, 1)}, choker.Decision{}},
		"FloorIsTaken":        {floored(2, 1), peers{v6(holding(1, 1)), v6(holding(2, 2)), waiting(3, 1)}, choker.Decision{Choke: ids{2}, Unchoke: ids{3}}},
		"FloorNobodyNeeds":    {floored(2, 1), peers{v6(waiting(1, 1)), v6(waiting(2, 2))}, choker.Decision{Unchoke: ids{1, 2}}},
		"FloorIsHalfAtMost":   {floored(3, 9), peers{v6(waiting(1, 1)), v6(waiting(2, 2)), waiting(3, 9), waiting(4, 9)}, choker.Decision{Unchoke: ids{1, 2, 3}}},
		"FloorNotOfOne":       {floored(1, 1), peers{v6(waiting(1, 1)), waiting(2, 9)}, choker.Decision{Unchoke: ids{1}}},
		"FloorWithinItsLimit": {choker.Rules{Slots: 4, Floor: 2}, peers{waiting(1, 1), v6(waiting(2, 9))}, choker.Decision{}},
		"IdleIPv6MakesWay":    {slots(1), peers{idle(v6(holding(1, 10))), waiting(2, 0)}, choker.Decision{Choke: ids{1}, Unchoke: ids{2}}},
		"IdleIPv6StaysAway":   {slots(1), peers{idle(v6(waiting(1, 299))), holding(2, 99)}, choker.Decision{}},
		"IdleIPv6TriesAgain":  {slots(1), peers{idle(v6(waiting(1, 300))), holding(2, 99)}, choker.Decision{Choke: ids{2}, Unchoke: ids{1}}},
		"IdleIPv6HasItsTry":   {slots(1), peers{idle(v6(holding(1, 9))), waiting(2, 0)}, choker.Decision{}},
		"OneIdleTriesAtATime": {
			slots(3),
			peers{idle(v6(waiting(1, 300))), idle(v6(waiting(2, 301))), holding(3, 1), holding(4, 1), holding(5, 9)},
			choker.Decision{Choke: ids{5}, Unchoke: ids{2}},
		},
		"OneIdleTriesAlready": {slots(2), peers{idle(v6(waiting(1, 300))), idle(v6(holding(2, 9))), holding(3, 1)}, choker.Decision{}},
		"IdleGoesLast":        {slots(1), peers{idle(waiting(1, 99)), last(waiting(2, 0))}, choker.Decision{Unchoke: ids{2}}},
		"IdleIPv6BeforeIdle4": {slots(1), peers{idle(waiting(1, 99)), idle(v6(waiting(2, 0)))}, choker.Decision{Unchoke: ids{2}}},
		"IdleHasWhatIsFree":   {slots(2), peers{idle(v6(holding(1, 99))), waiting(2, 0)}, choker.Decision{Unchoke: ids{2}}},
	}.run(t)
}
