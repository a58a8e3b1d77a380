package choker_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"sixseed/policy/choker"
	"sixseed/policy/family"
)

// Who holds a slot after each round, one every ten seconds: "events:holders". Capitals are IPv6 peers, small letters IPv4
// peers. A letter is a peer whose interest begins before the round, one after a minus a peer whose interest ends, one
// before an exclamation mark a peer that was sent its quota. Digits change the slots that IPv4 may hold.
func TestRules_DecideRoundByRound(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		slots  int
		rounds string
	}{
		"FivePeersTakeTurns":       {2, "ABCDE:AB :AB :AB :CD :CD :CD :AE :AE :AE :BC"},
		"FiveIPv4PeersDoSo":        {2, "abcde:ab :ab :ab :cd :cd :cd :ae :ae :ae :bc"},
		"NobodyGoesForNobody":      {2, "AB:AB :AB :AB :AB :AB C:AC"},
		"AFreeSlotIsTakenAtOnce":   {2, "ABC:AB -A:BC A:BC :AC -B:AC"},
		"ComingBackIsComingLast":   {1, "ABC:A -A:B A:B :B :C :C :C :A"},
		"NoLimit":                  {0, "ABc:ABc D:ABDc -A-B:Dc A:ADc"},
		"QuotaEndsTheTurn":         {2, "ABCD:AB A!:BC :BC B!:CD C!:AD"},
		"IPv6TakesSlotBySlot":      {3, "abc:abc A:Aab B:ABa C:ABC D:BCD"},
		"IPv6AllAtOnce":            {3, "abc:abc ABCD:ABC"},
		"MostServedGoesFirst":      {3, "abc:abc b!A:Aac B:ABa"},
		"IPv4TakesTurnsForTheRest": {2, "Aabc:Aa :Aa :Aa :Ab :Ab :Ab :Ac :Ac :Ac :Aa"},
		"IPv4ComesBack":            {2, "abA:Aa B:AB -A:Bb -B:ab"},
		"RoomGoesAndComes":         {4, "abcA:Aabc 1:Aa :Aa 0:A :A 3:Aabc"},
		"NewcomerGoesBefore":       {4, "abcd:abcd :abcd :abcd efgh:efgh :efgh i:efgh :abci"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			swarm, now := swarm{}, start
			rules := choker.Rules{Slots: story.slots, Limit: bothUnlimited, Keep: keep, Turn: turn}
			for i, round := range strings.Fields(story.rounds) {
				events, want, _ := strings.Cut(round, ":")
				swarm.tell(events, &rules, now)
				swarm.apply(rules.Decide(swarm.snapshot(), now), now)
				if got := swarm.letters(); got != want {
					t.Fatalf("round %d: %s hold a slot, want %s", i, got, want)
				}
				now = now.Add(10 * time.Second)
			}
		})
	}
}

// tell lets the events before a round happen.
func (s swarm) tell(events string, rules *choker.Rules, now time.Time) {
	for i, event := range events {
		id, f := choker.ID(event), family.V4
		if unicode.IsUpper(event) {
			f = family.V6
		}
		switch {
		case unicode.IsDigit(event):
			rules.Limit.V4 = int(event - '0')
		case event == '!':
			peer := s[choker.ID(events[i-1])]
			peer.Sent, peer.Quota = 20<<20, 20<<20
		case i > 0 && events[i-1] == '-':
			s[id].Interested = false
		case unicode.IsLetter(event):
			s.join(id, f, now)
		}
	}
}
