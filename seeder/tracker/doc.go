// Package tracker is the embedded tracker: it decides who may announce, and whom a client is told of. Package swarm
// keeps the peers; the servers, udptracker and httptracker, speak the protocols and hand what they hear to a Tracker.
//
// # IPv6 first
//
// A client that is on IPv6, or is known to be by another announce of its own, is told of IPv6 peers first and of IPv4
// peers with what is left. A client that is known on IPv4 only is told of a few IPv6 peers beside its own: if it has
// IPv6 after all, it will use them. Nobody gets less than a quarter of the family that it asked over while there are
// such peers, so that a broken way over IPv6 leaves no one alone.
//
// # Proof
//
// An address is entered if something was heard from it, since others will connect to whatever is in the answers. What
// a client merely says of another address of its own, with HTTP's `ipv6=`, is ignored unless configured otherwise, and
// then it is asked at that address first.
package tracker
