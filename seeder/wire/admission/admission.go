// Package admission decides who may connect.
//
// It is bookkeeping alone: no sockets, no clock, no goroutines. A Door is told of every connection when it begins
// (Knock), when its handshake has named a torrent (Enter) and when it ends (Leave), and says who is let in, who is
// turned away and who has to go for it. Closing is the caller's part.
//
// # Strangers
//
// Between its first packet and the end of its handshake a connection that came in is a stranger. A peer is one for a
// round trip or two, a flood for as long as it is let. Strangers are therefore limited apart from peers, and when there
// are too many the newcomer is let in and another has to go: one of the address with the most strangers, and of those
// the oldest. Each family has its own limit, so that a flood over one costs the other nothing.
//
// # Peers
//
// Peers are limited in all and per torrent. When one of the limits is reached, a newcomer over IPv6 takes the place of
// the IPv4 peer that is least useful: one that is choked before one that is unchoked, then one that is not interested
// before one that is, then the oldest. IPv4 never displaces anybody, and nobody displaces IPv6.
//
// # Addresses
//
// What one party can have many of is no identity. An IPv4 address counts as one party, and so does an IPv6 /64, which
// is the least that a network hands out; strangers, peers and dialled connections count together. Whoever has a /48 has
// 65,536 of those, so all of a /48 may have four times what one /64 may: enough for the customers of a provider that
// share it, and too little to fill a seedbox from.
package admission

import "errors"

// Why a connection is turned away.
var (
	// ErrAddress: too many connections of one IPv4 address, IPv6 /64 or IPv6 /48.
	ErrAddress = errors.New("too many connections from this address")
	// ErrFull: too many peers, and none that would go for this one.
	ErrFull = errors.New("too many peers")
	// ErrTorrentFull: too many peers of one torrent, and none that would go for this one.
	ErrTorrentFull = errors.New("too many peers of this torrent")
	// ErrGone: the connection left, or had to go for another, before its handshake ended.
	ErrGone = errors.New("the connection had to go")
)

// InfoHash names a torrent on the wire: the SHA-1 of its info dictionary (BEP 3).
type InfoHash = [20]byte

// Limits are how many connections may be open. A limit of 0 is none.
type Limits struct {
	Connections int // peers of both families
	PerTorrent  int // peers of one torrent, both families
	PerAddress  int // connections of one IPv4 address or IPv6 /64; a /48 may have four times as many
	Strangers   int // strangers of one family
}

// DefaultStrangers is as many handshakes at a time as a family needs: with round trips of 100 ms, thousands a second.
const DefaultStrangers = 512

// reached reports that a limit leaves no place beside count.
func reached(count, limit int) bool { return limit > 0 && count >= limit }
