// Package swarm keeps who takes part in which torrent, for a tracker: the peers of both address families.
//
// # One client, several addresses
//
// A client with both families announces once over each (BEP 7), and a peer is known by the address and port it was
// heard from. What joins them is a Tag, made from the peer id and the key that the client sends with all its announces.
// Counts are of clients, so that a dual-stack client is one; and who asks over IPv4 can be told by its tag to be on
// IPv6 as well. A tag never removes or replaces a peer, since it may be guessed; only an announce from the address
// itself does.
//
// # Small
//
// A peer takes 24 bytes over IPv6 and 12 over IPv4, kept as it is sent: address and port in network order. Peers hold no
// pointers, so that the garbage collector has nothing to look for in them. The first peers of a swarm lie in the swarm
// itself: most torrents have a seed and little else. Later ones lie in one array per family, dense, so that any of them
// can be drawn at random; an index of positions is added when it grows too long to be searched.
//
// # Quick
//
// Swarms are spread over shards, each with its own lock, which is held for one announce, or for one step of the
// sweep that forgets who has not announced for long. Time is a count of minutes that the caller feeds; no clock is read.
package swarm
