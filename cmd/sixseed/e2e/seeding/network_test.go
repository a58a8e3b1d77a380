package seeding_test

import (
	"os"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
)

// prepareNetwork makes the tests' own network fit for measuring.
func prepareNetwork(t testing.TB) {
	t.Helper()
	peers.NeedRoot(t)
	peers.Need(t, "ip")
	// Peers shall come from many addresses. Of 127.0.0.0/8 all are the machine's, and now of this prefix too.
	route := peers.Command(t.Context(), "ip", "route", "replace", "local", "fd66:5eed::/32", "dev", "lo")
	if output, err := route.CombinedOutput(); err != nil {
		t.Fatalf("ip route: %v\n%s", err, output)
	}
	if err := os.WriteFile("/proc/sys/net/ipv6/ip_nonlocal_bind", []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	// BBR, which some machines have as their default, sends at a pace that it guesses, and that is not the seeder's. Where
	// cubic is not allowed, Reno is: they differ only after a loss, and here nothing is lost.
	const congestion = "/proc/sys/net/ipv4/tcp_congestion_control"
	if os.WriteFile(congestion, []byte("cubic"), 0) != nil {
		if err := os.WriteFile(congestion, []byte("reno"), 0); err != nil {
			t.Fatal(err)
		}
	}
}
