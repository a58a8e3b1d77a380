package main

import "testing"

func TestNewIdentity(t *testing.T) {
	t.Parallel()
	id, other := newIdentity(), newIdentity()
	if got, want := string(id.peerID[:8]), "-6S"+peerIDVersion(version)+"-"; got != want {
		t.Errorf("peer id begins with %q, want %q", got, want)
	}
	if id.peerID == other.peerID {
		t.Errorf("two runs have the peer id %q", id.peerID)
	}
	if id.client != "sixseed/"+version {
		t.Errorf("client %q", id.client)
	}
}

func TestPeerIDVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"0.1.0": "0100", "1.2.3": "1230", "2": "2000", "10.11.12": "1011"} {
		if got := peerIDVersion(version); got != want {
			t.Errorf("%s is %s, want %s", version, got, want)
		}
	}
}
