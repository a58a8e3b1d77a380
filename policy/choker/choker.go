// Package choker decides which peers hold an upload slot: who is unchoked, and who is choked to make room.
//
// # Snapshots in, decisions out
//
// A round is one call of Rules.Decide. It is told how every peer stands and answers whose standing changes. It knows no
// connection, clock or goroutine, remembers nothing between two rounds, and gives the same answer to the same question,
// in whatever order the peers come.
//
// # Turns
//
// A seed cannot rank peers by what they give, because they give it nothing (BEP 3 has a downloader do so). What is left is
// to let everybody have a turn: whoever waits longest is next, and whoever holds a slot keeps it for a turn, because a
// peer needs some seconds before its connection runs at full speed. While slots are free nobody has to go, however long
// the turn was.
//
// So with n interested peers and s slots everybody holds a slot within ⌈n/s⌉ turns, if a round comes at the end of each.
package choker

import (
	"cmp"
	"slices"
	"time"

	"sixseed/policy/family"
)

// ID names a peer's connection. No two connections of a round have the same.
type ID uint64

// Peer is how one connection stands when a round begins.
type Peer struct {
	ID         ID
	Family     family.Family
	Interested bool      // it wants something from us (BEP 3)
	Unchoked   bool      // it holds a slot
	Since      time.Time // since when it holds its slot or, interested and choked, waits for one
}

// Rules are what a decision keeps to.
type Rules struct {
	Slots int           // peers that may hold a slot at one time; 0 or less: everybody who is interested
	Turn  time.Duration // how long a peer keeps its slot while others wait for one
}

// Decision says whose standing changes: who loses a slot and who gets one. Both lists ascend, and nobody is in both.
type Decision struct {
	Choke, Unchoke []ID
}

// Decide returns what has to change for the rules to be kept: never more slots held than there are, none by a peer that
// is not interested, and none free while somebody waits.
func (r Rules) Decide(peers []Peer, now time.Time) Decision {
	var decision Decision
	claims := make([]claim, 0, len(peers))
	for _, peer := range peers {
		if peer.Interested {
			claims = append(claims, claim{peer, r.standing(peer, now)})
		} else if peer.Unchoked {
			decision.Choke = append(decision.Choke, peer.ID)
		}
	}
	holders := len(claims)
	if r.Slots > 0 && r.Slots < holders {
		holders = r.Slots
		slices.SortFunc(claims, compareClaims)
	}
	for place, claim := range claims {
		switch holds := place < holders; {
		case holds && !claim.Unchoked:
			decision.Unchoke = append(decision.Unchoke, claim.ID)
		case !holds && claim.Unchoked:
			decision.Choke = append(decision.Choke, claim.ID)
		}
	}
	slices.Sort(decision.Choke)
	slices.Sort(decision.Unchoke)
	return decision
}

// claim is what an interested peer has on a slot.
type claim struct {
	Peer
	standing standing
}

// standing is how good a claim is, the best first.
type standing uint8

const (
	inTurn   standing = iota // holds a slot, and its turn is not over
	waiting                  // holds none
	turnOver                 // holds one that another may take over
)

func (r Rules) standing(peer Peer, now time.Time) standing {
	switch {
	case !peer.Unchoked:
		return waiting
	case now.Sub(peer.Since) < r.Turn:
		return inTurn
	}
	return turnOver
}

// compareClaims puts the better claim first. The most important key comes first here too: one that puts a family before
// the other belongs in front of all.
func compareClaims(a, b claim) int {
	if c := cmp.Compare(a.standing, b.standing); c != 0 {
		return c
	}
	if c := compareSince(a, b); c != 0 {
		return c
	}
	return cmp.Compare(a.ID, b.ID)
}

// compareSince orders claims of the same standing: who waited longest is next, and who held longest goes first.
func compareSince(a, b claim) int {
	if a.standing == waiting {
		return a.Since.Compare(b.Since)
	}
	return b.Since.Compare(a.Since)
}
