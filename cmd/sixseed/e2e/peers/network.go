package peers

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"sixseed/policy/family"
)

// Loopback is the address of each family that stays inside the machine.
var Loopback = family.Pair[netip.Addr]{V4: netip.MustParseAddr("127.0.0.1"), V6: netip.IPv6Loopback()}

// routable are addresses that are not loopback addresses: of RFC 2544's test network, and unique local. They exist in
// the tests' own network alone. There are two of each, since some clients take what comes from one for one peer.
var routable = [2]family.Pair[netip.Addr]{
	{V4: netip.MustParseAddr("198.18.66.1"), V6: netip.MustParseAddr("fd66:5eed::1")},
	{V4: netip.MustParseAddr("198.18.66.2"), V6: netip.MustParseAddr("fd66:5eed::2")},
}

// isolated is set in the environment of tests that run in a network of their own.
const isolated = "SIXSEED_E2E_ISOLATED"

// Tests is what a testing.M is.
type Tests interface{ Run() int }

// Isolated returns tests that run in a network namespace of their own, so that no packet of theirs and of the clients'
// can leave it: its one interface is the loopback. That takes root; others run in the network that there is, without
// the tests that need a routable address.
func Isolated(tests Tests) Tests { return isolatedTests{tests} }

type isolatedTests struct{ tests Tests }

func (t isolatedTests) Run() int {
	switch {
	case os.Getenv(isolated) != "":
		if err := setUpNetwork(); err != nil {
			fmt.Fprintln(os.Stderr, "set up the tests' network:", err)
			return 1
		}
		return t.tests.Run()
	case os.Geteuid() != 0:
		return t.tests.Run()
	}
	installAll() // there is no way to get anything from inside
	return again()
}

// again runs this test binary a second time, in a namespace that ends with it, and returns its exit code.
func again() int {
	tests := exec.CommandContext(context.Background(), "/proc/self/exe", os.Args[1:]...)
	tests.Args[0] = os.Args[0]
	tests.Env = append(os.Environ(), isolated+"=1")
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	tests.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := tests.Run(); err != nil && tests.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "run tests in a network of their own:", err)
		return 1
	}
	return tests.ProcessState.ExitCode()
}

func setUpNetwork() error {
	commands := [][]string{{"link", "set", "lo", "up"}}
	for _, host := range routable {
		for _, f := range family.All {
			commands = append(commands, []string{"address", "add", host.Get(f).String(), "dev", "lo"})
		}
	}
	for _, arguments := range commands {
		if err := run(context.Background(), "ip", arguments...); err != nil {
			return err
		}
	}
	return nil
}

// Addresses returns an address per family over which all of clients can download in the tests' network.
func Addresses(t testing.TB, clients ...Client) family.Pair[netip.Addr] {
	t.Helper()
	for _, client := range clients {
		if !client.Loopback() {
			return Hosts(t)[0]
		}
	}
	return Loopback
}

// Hosts returns the addresses of two hosts, as it were, in the tests' network. All clients take them.
func Hosts(t testing.TB) [2]family.Pair[netip.Addr] {
	t.Helper()
	NeedRoot(t)
	return routable
}
