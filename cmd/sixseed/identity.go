package main

import (
	"crypto/rand"
	"strings"
)

// peerIDPrefix tells other clients which program this is (BEP 20).
const peerIDPrefix = "-6S"

// identity is what the daemon calls itself.
type identity struct {
	peerID [20]byte // of this run
	client string   // to peers and trackers: "sixseed/0.1.0"
}

// newIdentity returns an identity with a peer id that nobody else has.
func newIdentity() identity {
	id := identity{client: "sixseed/" + version}
	head := peerIDPrefix + peerIDVersion(version) + "-"
	copy(id.peerID[:], head+rand.Text())
	return id
}

// peerIDVersion writes a version in the four digits that a peer id has for it: 0.1.0 is 0100.
func peerIDVersion(version string) string {
	digits := strings.ReplaceAll(version, ".", "") + "0000"
	return digits[:4]
}
