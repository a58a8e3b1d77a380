package contest

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"sixseed/seeder/tracker"
)

// childAddress is set in the environment of a test's program when it is to be a tracker: where to listen.
const childAddress = "SIXSEED_BENCH_TRACKER"

// Server is one of the project's tracker servers.
type Server interface {
	tracker.Server
	Addrs() []netip.AddrPort
}

// StartChild starts this test's program as a tracker on the first cores, until the benchmark ends. The program's
// TestMain has to begin with IsChild.
func StartChild(b *testing.B, cores int, listen netip.AddrPort) Process {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := pinned(b, cores, program)
	command.Env = append(command.Env, childAddress+"="+listen.String(), "GOMAXPROCS="+strconv.Itoa(cores))
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start(b, command)
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatalf("the tracker did not say where it listens: %v", err)
	}
	return Process{Address: netip.MustParseAddrPort(strings.TrimSpace(line)), pid: command.Process.Pid}
}

// IsChild reports false, unless StartChild has started this program: then it is the tracker first, with the server
// that open opens, until it is killed.
func IsChild(open func(ctx context.Context, front *tracker.Tracker, listen netip.AddrPort) (Server, error)) bool {
	address := os.Getenv(childAddress)
	if address == "" {
		return false
	}
	fmt.Fprintln(os.Stderr, "tracker:", runChild(netip.MustParseAddrPort(address), open)) // it does not end by itself
	return true
}

// runChild is a tracker at an address, which it prints, until it is killed. It has the limits of one that strangers
// reach but for what they allow, since the whole load comes from one address.
func runChild(
	listen netip.AddrPort, open func(context.Context, *tracker.Tracker, netip.AddrPort) (Server, error),
) error {
	limits := tracker.DefaultLimits()
	limits.PerNet64, limits.PerNet48, limits.PerAddress4 = 1000, 1000, 1000
	for _, rate := range []*tracker.Rate{&limits.RateNet64, &limits.RateNet48, &limits.RateAddress4} {
		rate.PerSecond, rate.Burst = 1e9, 1e9
	}
	front, err := tracker.New(tracker.Config{Access: tracker.Open, AllowPrivate: true, Limits: limits})
	if err != nil {
		return err
	}
	ctx := context.Background()
	server, err := open(ctx, front, listen)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, server.Addrs()[0]); err != nil {
		return err
	}
	return front.Run(ctx, server)
}
