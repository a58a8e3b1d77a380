// Package trackertest has what the tests of the tracker's servers share: a tracker that answers what it is told to,
// clients that ask it, and places to listen at.
package trackertest

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
)

// Patience is how long a test waits for what must happen.
const Patience = 30 * time.Second

// PeerID is the one of every test's client.
const PeerID = "-XX0001-abcdefghijkl"

var (
	// Clients are where questions come from that no network carries.
	Clients = family.Pair[netip.AddrPort]{
		V4: netip.MustParseAddrPort("192.0.2.7:5000"),
		V6: netip.MustParseAddrPort("[2001:db8::7]:5000"),
	}

	// AnyPort is where to listen for clients on this machine.
	AnyPort = family.Pair[netip.AddrPort]{
		V4: netip.MustParseAddrPort("127.0.0.1:0"),
		V6: netip.MustParseAddrPort("[::1]:0"),
	}
)

// Run runs a server that was opened, until the test ends. An error fails the test.
func Run(t testing.TB, server tracker.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}
