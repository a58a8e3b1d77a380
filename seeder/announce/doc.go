// Package announce tells trackers which torrents are seeded here.
//
// # Each family on its own
//
// A tracker learns a peer's address from the packet's source, so a dual-stack seed is known by both of its addresses
// only if it announces twice, once over each family (BEP 7). Every announce here is therefore bound to a family from
// the start: names are resolved to that family's addresses, sockets are opened in it, and failures over IPv6 say nothing
// about IPv4. Both announces of a torrent carry the same key, by which a tracker can see that they are one peer.
//
// # Every tier
//
// BEP 12 has a downloader stop at the first tier that answers. A seed has the opposite interest, to be found by whoever
// asks anywhere, and the second tier is often the IPv6 tracker: so all tiers are announced to. Within a tier one
// tracker is enough, and the one that works is tried first from then on.
//
// # How announces are scheduled
//
// One tier of one torrent over one family is the unit that has a due time. Tiers wait in a heap until they are due, then
// in the queue of their tracker until the tracker and the announcer as a whole have room for another exchange. A tracker
// that does not answer is asked by one torrent at a time, so that the dead do not hold up the living.
//
// Removing a torrent sends `stopped` to the trackers that list it; so does the end of Run, for all torrents at once and
// within Config.StopTimeout.
package announce
