package datagram_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
)

// network is a network namespace.
type network struct{ file *os.File }

// newNetwork takes the test's goroutine to a network of its own. The thread that the goroutine is locked to ends with
// it; the network is there until the test ends.
func newNetwork(t *testing.T) network {
	t.Helper()
	peers.NeedRoot(t)
	peers.Need(t, "ip")
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatal(os.NewSyscallError("unshare", err))
	}
	file, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	ip(t, "link set lo up")
	return network{file}
}

// enter takes the test's goroutine, which newNetwork has locked to its thread, to the network.
func (n network) enter(t *testing.T) {
	t.Helper()
	if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
		t.Fatal(os.NewSyscallError("setns", err))
	}
}

// path names the network to the program ip.
func (n network) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.file.Fd()) }

// oneNetwork takes the test to a network with addresses at interface one.
func oneNetwork(t *testing.T, texts ...string) (addresses []netip.Addr) {
	t.Helper()
	newNetwork(t)
	ip(t, "link add one type veth peer name two")
	ip(t, "link set one up")
	ip(t, "link set two up")
	for _, text := range texts {
		address := netip.MustParseAddr(text)
		addAddress(t, address.WithZone(""), "one")
		addresses = append(addresses, address)
	}
	return addresses
}

// twoNetworks makes two networks that cables one and two join, with an address in each. Packets to the server's take
// the first cable, and those to the client's take the second.
func twoNetworks(t *testing.T, f family.Family) (client, server network, clientAddress, serverAddress netip.Addr) {
	t.Helper()
	address := func(net, host int) netip.Addr {
		format := family.Pair[string]{V4: "198.18.%d.%d", V6: "fd66:5eed:%d::%d"}.Get(f)
		return netip.MustParseAddr(fmt.Sprintf(format, net, host))
	}
	client, server = newNetwork(t), newNetwork(t)
	for _, cable := range []string{"one", "two"} {
		ip(t, "link add "+cable+" type veth peer name "+cable+" netns "+client.path())
	}
	for own, place := range []network{client, server} {
		place.enter(t)
		keepApart(t)
		addAddress(t, address(own, 1), "lo")
		for i, cable := range []string{"one", "two"} {
			ip(t, "link set "+cable+" up")
			addAddress(t, address(10+i, 1+own), cable)
		}
		other := 1 - own
		ip(t, fmt.Sprintf("route add %v via %v", address(other, 1), address(10+own, 1+other)))
	}
	return client, server, address(0, 1), address(1, 1)
}

// keepApart makes it matter by which cable an IPv4 address is looked for. By default a host answers for all of its
// addresses on each, and asks in the name of any.
func keepApart(t *testing.T) {
	t.Helper()
	for setting, value := range map[string]string{"arp_ignore": "1", "arp_announce": "2"} {
		if err := os.WriteFile("/proc/sys/net/ipv4/conf/all/"+setting, []byte(value), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// addAddress adds an address to an interface, and waits until packets to it are taken in, which is some moments later.
func addAddress(t *testing.T, address netip.Addr, name string) {
	t.Helper()
	option, size := "-6", 64
	if address.Is4() {
		option, size = "-4", 24
	}
	ip(t, fmt.Sprintf("%s address add %v/%d dev %s nodad", option, address, size, name))
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if strings.Contains(ip(t, option+" route show table local dev "+name), "local "+address.String()+" ") {
			return
		}
	}
	t.Fatalf("%v is not there", address)
}

// ip runs the program of that name and returns what it prints.
func ip(t *testing.T, arguments string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "ip", strings.Fields(arguments)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s", arguments, err, output)
	}
	return string(output)
}
