package udptracker_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/udptracker"
)

// childAddress is set in the environment of this test's program when it is to be a tracker, for BenchmarkTracker.
const childAddress = "SIXSEED_BENCH_TRACKER"

// runChild is a tracker at an address, which it prints, until it is killed. It has the limits of one that strangers
// reach but for what they allow, since the whole load comes from one address.
func runChild(address string) error {
	limits := tracker.DefaultLimits()
	limits.PerNet64, limits.PerNet48, limits.PerAddress4 = 1000, 1000, 1000
	for _, rate := range []*tracker.Rate{&limits.RateNet64, &limits.RateNet48, &limits.RateAddress4} {
		rate.PerSecond, rate.Burst = 1e9, 1e9
	}
	front, err := tracker.New(tracker.Config{Access: tracker.Open, AllowPrivate: true, Limits: limits})
	if err != nil {
		return err
	}
	config := udptracker.Config{Listen: []netip.AddrPort{netip.MustParseAddrPort(address)}}
	ctx := context.Background()
	server, err := udptracker.Open(ctx, config, front)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, server.Addrs()[0]); err != nil {
		return err
	}
	return front.Run(ctx, server)
}
