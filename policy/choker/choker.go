// Package choker decides which peers hold an upload slot: who is unchoked, and who is choked to make room.
//
// # Snapshots in, decisions out
//
// A round is one call of Rules.Decide. It is told how every peer stands and answers whose standing changes. It knows no
// connection, clock or goroutine, remembers nothing between two rounds, and gives the same answer to the same question,
// in whatever order the peers come. Auto says how many slots there are, Room how many of them IPv4 may hold; both are
// values, and each step of theirs is a new one.
//
// # Families
//
// Slots go to IPv6 peers first, and to IPv4 peers as far as there are more. An IPv6 peer that becomes interested takes the
// slot of an IPv4 peer at once, whatever was promised within the family: of the one that was sent most. Two things are
// before that order. IPv4 keeps Rules.Floor; and peers that let their slots go unused (Peer.Idle) come after all others of
// both families. One of them at a time may try again, so a crowd of them costs IPv4 a single slot.
//
// # Turns
//
// A seed cannot rank peers by what they give, because they give it nothing (BEP 3 has a downloader do so). What is left is
// to let everybody of a family have a turn: whoever waits longest is next, and whoever holds a slot keeps it until it was
// sent its quota. That is the order in which libtorrent seeds round robin. Here a turn also has a least time, because a
// peer needs some seconds before its connection runs at full speed, and a most, because a slow peer may never reach its
// quota. While slots are free nobody has to go, however long the turn was.
//
// So with n interested peers of a family and s slots for it, everybody holds a slot within ⌈n/s⌉ turns of the longest
// kind, if a round comes at the end of each and no newcomers are put in front.
//
// # Optimistic unchokes
//
// BEP 3 has an optimistic unchoke try peers whose rate is not known, new connections three times as likely. Where all take
// turns nobody needs to be tried, but the reason for preferring newcomers stands: a peer without a piece has nothing to
// give to the swarm. So a fifth of a family's slots, and one where it has four, are for peers that never held one: while
// fewer of these have their turn, the longest waiting of them goes before all who wait. The other slots go by waiting
// alone, so that any number of newcomers delays the others by a third at most.
package choker

import (
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
	Turns      int       // slots it held before the one it holds or waits for; 0: a newcomer
	Sent       int64     // bytes sent to it since it was unchoked
	Quota      int64     // bytes that are a turn: some pieces of its torrent; 0 or less: only time ends a turn
	Rate       int64     // bytes per second it gets now
	Waits      bool      // it would get more if we had more to give: our limit holds it back, or our link
	Last       bool      // it was sent so much already (over-download) that it goes last in its family
	// Idle says that it took nothing in its last seconds with a slot though it could have: it did not ask, or did not
	// read. It stays idle, choked or not, until it takes something.
	Idle bool
}

// Unlimited as a family's limit stands for none.
const Unlimited = -1

// Rules are what a decision keeps to.
type Rules struct {
	Slots int              // peers that may hold a slot at one time; 0 or less: everybody who is interested
	Limit family.Pair[int] // how many of them may be of a family; 0: all its peers are choked; negative: no such limit
	Floor int              // slots IPv4 has though IPv6 wants all, within its Limit and half of Slots
	Keep  time.Duration    // how long a peer keeps its slot at least against those of its own family
	Turn  time.Duration    // how long a peer keeps its slot at most while others wait, whether or not it got its quota
}

// Decision says whose standing changes: who loses a slot and who gets one. Both lists ascend, and nobody is in both.
type Decision struct {
	Choke, Unchoke []ID
}

// Decide returns what has to change for the rules to be kept: never more slots held than there are, none by a peer that
// is not interested, none but the floor by IPv4 while an IPv6 peer waits, and none free while somebody waits who may have it.
func (r Rules) Decide(peers []Peer, now time.Time) Decision {
	var decision Decision
	claims := r.claims(peers, now)
	places := r.places(claims)
	for _, f := range family.All {
		claims.At(f).squeeze(places.Get(f), &decision)
		claims.At(f).rotate(places.Get(f), &decision)
	}
	for i := range peers {
		if peers[i].Unchoked && !peers[i].Interested {
			decision.choke(&peers[i])
		}
	}
	slices.Sort(decision.Choke)
	slices.Sort(decision.Unchoke)
	return decision
}

func (d *Decision) choke(peer *Peer) { d.Choke = append(d.Choke, peer.ID) }

func (d *Decision) unchoke(peer *Peer) { d.Unchoke = append(d.Unchoke, peer.ID) }
