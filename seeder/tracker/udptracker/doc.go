// Package udptracker is the tracker's UDP side (BEP 15): it reads questions, asks the tracker, and answers.
//
// # Proof of address
//
// The sender of a datagram can write any source address on it. BEP 15 therefore has a client ask for a connection id
// first, which reaches it only if the address is its own, and put that in every question from then on. Nothing is kept
// about ids that were handed out: an id is a keyed hash of the address and the time, and is made again to be checked.
// Before the proof no answer is longer than its question, so that nobody can have this host send more to a victim than
// is spent on it; after it an answer fits into a packet that every IPv6 link carries whole.
//
// # Work per datagram
//
// Each address has several sockets, each socket a goroutine, each goroutine its own buffers and counters. Datagrams are
// read and answered in batches, in place; a question costs no allocation, no lock of this package, and no log line.
package udptracker
