package labs_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
)

// Where the seeder is, and where all peers are: of RFC 2544's test network, and of RFC 3849's for documentation. Unique
// local addresses would not do: libtorrent takes them for its own network's, and gives those slots without limit.
var (
	seederAddress = family.Pair[netip.Addr]{V4: netip.MustParseAddr("198.18.0.1"), V6: netip.MustParseAddr("2001:db8::1")}
	peersPrefix   = family.Pair[string]{V4: "198.19.0.0/16", V6: "2001:db8:8000::/33"}
)

// The ends of a link: one that leads to the peers, and one that leads to the seeder.
const (
	toPeers  = "topeers"
	toSeeder = "toseeder"
)

// network is a row of hosts, from the seeder's to that of the peers, the test's own.
type network struct {
	hosts      []*host
	congestion string // TCP's congestion control at both ends
}

// newNetwork makes a network in which packets for the peers pass the shapers, in their order: the first is in the
// seeder's host, the others in hosts between. A nil shaper lets everything through.
func newNetwork(t testing.TB, shapers ...shaper) *network {
	t.Helper()
	peers.Need(t, "ip")
	n := &network{congestion: congestionControl(t)}
	for i := range shapers {
		n.hosts = append(n.hosts, newHost(t, fmt.Sprintf("host %d", i)))
		n.hosts[i].passOn(t)
	}
	n.hosts = append(n.hosts, ownHost(t, "the peers' host"))
	n.settlePeers(t)
	for i, shape := range shapers {
		n.link(t, i)
		if shape != nil {
			shape(t, n.hosts[i])
		}
	}
	for i := range n.hosts {
		n.route(t, i)
	}
	return n
}

func (n *network) seeder() *host { return n.hosts[0] }
func (n *network) peers() *host  { return n.hosts[len(n.hosts)-1] }

// congestionControl is cubic, the usual one, where the kernel has it, else Reno, which all have.
func congestionControl(t testing.TB) string {
	t.Helper()
	available, err := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(strings.Fields(string(available)), "cubic") {
		return "cubic"
	}
	return "reno"
}

// passOn makes a new host one that passes on what is not for it, and whose addresses can be used at once.
func (h *host) passOn(t testing.TB) {
	t.Helper()
	h.must(t, "ip", "link", "set", "lo", "up")
	h.set(t, "ipv4/ip_forward", "1")
	h.set(t, "ipv6/conf/all/forwarding", "1")
	h.set(t, "ipv6/conf/default/accept_dad", "0")
}

// settlePeers makes all addresses of the peers' prefixes those of their host.
func (n *network) settlePeers(t testing.TB) {
	t.Helper()
	h := n.peers()
	h.set(t, "ipv6/conf/default/accept_dad", "0")
	h.set(t, "ipv6/ip_nonlocal_bind", "1")
	for _, f := range family.All {
		h.must(t, "ip", "route", "replace", "local", peersPrefix.Get(f), "dev", "lo")
	}
}

// link joins a host to the next one.
func (n *network) link(t testing.TB, i int) {
	t.Helper()
	near, far := n.hosts[i], n.hosts[i+1]
	near.must(t, "ip", "link", "add", toPeers, "type", "veth", "peer", "name", toSeeder, "netns", far.namespace())
	t.Cleanup(func() { // the test's own host does not end with the test
		_, _ = near.run(context.Background(), "ip", "link", "delete", toPeers)
	})
	near.address(t, toPeers, i, 1)
	far.address(t, toSeeder, i, 2)
}

// address gives an end of a link its addresses.
func (h *host) address(t testing.TB, device string, link, end int) {
	t.Helper()
	length := family.Pair[int]{V4: 24, V6: 64}
	for _, f := range family.All {
		h.must(t, "ip", "address", "add", fmt.Sprintf("%s/%d", linkAddress(f, link, end), length.Get(f)), "dev", device)
	}
	h.must(t, "ip", "link", "set", device, "up")
}

func linkAddress(f family.Family, link, end int) string {
	if f == family.V4 {
		return fmt.Sprintf("198.18.%d.%d", link, end)
	}
	return fmt.Sprintf("2001:db8:0:%x::%x", link, end)
}

// route tells a host where the seeder and the peers are. The routes also name the congestion control. A namespace has a
// setting for it too, but that takes only what the machine allows to all its users.
func (n *network) route(t testing.TB, i int) {
	t.Helper()
	h, last := n.hosts[i], len(n.hosts)-1
	for _, f := range family.All {
		if i < last {
			h.must(t, "ip", "route", "replace", peersPrefix.Get(f), "via", linkAddress(f, i, 2), "dev", toPeers,
				"congctl", n.congestion)
		}
		if i == 0 {
			continue
		}
		back := []string{"route", "replace", seederAddress.Get(f).String()}
		if i > 1 {
			back = append(back, "via", linkAddress(f, i-1, 1))
		}
		h.must(t, "ip", append(back, "dev", toSeeder, "congctl", n.congestion)...)
	}
}

// congestionControls lists what the seeder's connections use at this moment.
func (n *network) congestionControls(ctx context.Context) ([]string, error) {
	sockets, err := n.seeder().run(ctx, "ss", "-tinH", "state", "established")
	var found []string
	for line := range strings.Lines(sockets) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "\t") && !slices.Contains(found, fields[0]) {
			found = append(found, fields[0])
		}
	}
	return found, err
}

// sources are addresses of peers of a family, each in a network of its own: seeders limit those of one network.
func sources(f family.Family, count int) []netip.Addr {
	all := make([]netip.Addr, count)
	for i := range all {
		if all[i] = netip.AddrFrom4([4]byte{198, 19, byte(i), 1}); f == family.V6 {
			all[i] = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0x80, byte(i), 15: 1})
		}
	}
	return all
}
