// Package httptracker is the tracker's HTTP side: announces and scrapes over HTTP and HTTPS, and pages for people.
//
// # Whose request it is
//
// A client is entered at the address that its connection comes from, over the family that it comes over: each listener
// has one. Nothing that a client writes into its question changes that. Behind a proxy the address is in a header, which
// is read if the connection comes from a network that is trusted, from the right end: what is on the left the client may
// have written itself. What an `ipv6=` says is handed on as a claim and no more.
//
// # Work per question
//
// An announce is a connection of its own, since a client comes back after half an hour: it is closed with the answer.
// Its query is read in place, and the answer written to a buffer that is used again. Whatever is wrong with a question
// is said in an answer of the form that clients read, with status 200 and a `failure reason` (BEP 3).
package httptracker
