package labs_test

import (
	"fmt"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
)

// lab is a network, a configuration and a load, and what is asked of the daemon under them.
type lab struct {
	name   string
	link   int64  // what the narrow link carries, in bytes of Ethernet frames per second
	policy string // lines of the daemon's section `policy`
	rate   int64  // what it may send or can, whichever is less, in bytes of IP packets per second
	ipv6   demand
	bars   bars

	contested bool // other seeders have to show what they can do, too
}

// demand is what the IPv6 peers want.
type demand int

const (
	everything demand = iota // as much as they get
	behind                   // as much, but they are behind a link that carries a quarter of ours
	slowly                   // they read no more than that quarter
	nothing                  // there are none
)

// quarter is the part of the link that the IPv6 peers can take if they cannot take all.
const quarter = 4

// bars are what is asked of the daemon. What is 0 is not asked.
type bars struct {
	share  float64       // of what the peers received, IPv6's part
	within time.Duration // after the IPv6 peers came, how soon
	from   time.Duration // after they came, from when on the others count
	total  float64       // of the lab's rate, what is used
	kept   float64       // of what peers take alone, what they take
	rest   float64       // of what IPv6 leaves, IPv4's part
	waited time.Duration // how long an IPv6 peer waits to be unchoked
	cpu    float64       // processor time in seconds per GB
}

// leavesSome reports whether the IPv6 peers are there, and cannot take all of the link.
func (l lab) leavesSome() bool { return l.ipv6 == behind || l.ipv6 == slowly }

// labs lists the reference labs on a link.
func labs(link int64) []lab {
	const automatic, later = `upload = "auto"`, 4 * time.Second
	known := link * 98 / 100 // a little below the link, so that no queue is in the way
	configured := fmt.Sprintf("upload = \"%d kbit/s\"", known*8/1000)
	fits := link * mtu / framed
	return []lab{
		{
			name: "L1", link: link, policy: configured, rate: known, ipv6: everything, contested: true,
			bars: bars{share: .99, within: 250 * time.Millisecond, from: 250 * time.Millisecond, total: .98},
		},
		{
			name: "L2a", link: link, policy: configured, rate: known, ipv6: behind,
			bars: bars{from: time.Second, total: .97, kept: .98},
		},
		{
			name: "L2b", link: link, policy: configured, rate: known, ipv6: slowly,
			bars: bars{from: time.Second, total: .97, kept: .98},
		},
		{
			name: "L3/L1", link: link, policy: automatic, rate: fits, ipv6: everything,
			bars: bars{share: .95, within: 2 * time.Second, from: 2 * time.Second, total: .95},
		},
		{
			name: "L3/L2a", link: link, policy: automatic, rate: fits, ipv6: behind,
			bars: bars{from: later, total: .95, kept: .98, rest: .92},
		},
		{
			name: "L3/L2b", link: link, policy: automatic, rate: fits, ipv6: slowly,
			bars: bars{from: later, total: .95, kept: .98, rest: .92},
		},
		{
			name: "L3/none", link: link, policy: automatic, rate: fits, ipv6: nothing,
			bars: bars{from: time.Second, kept: .99},
		},
		{
			name: "L4", link: link, policy: automatic + "\nupload_slots = 8", rate: fits, ipv6: everything,
			bars: bars{waited: time.Second},
		},
	}
}

// labNamed is one of the reference labs.
func labNamed(t testing.TB, link int64, name string) lab {
	t.Helper()
	for _, l := range labs(link) {
		if l.name == name {
			return l
		}
	}
	t.Fatalf("there is no lab %s", name)
	return lab{}
}

// load are the lab's peers: 20 over IPv4 that are there from the beginning, and 2 over IPv6 that come later.
func (l lab) load(came time.Duration) []load.Group {
	ipv4 := greedy(family.V4, 20)
	if l.ipv6 == nothing {
		return []load.Group{ipv4}
	}
	return []load.Group{ipv4, l.later(came)}
}

// later are the IPv6 peers.
func (l lab) later(came time.Duration) load.Group {
	const connections = 2
	group := greedy(family.V6, connections)
	group.Delay = came
	if l.ipv6 == slowly {
		group.BytesPerSecond = l.link / quarter / connections
	}
	return group
}

// topology says where the narrow link is.
type topology string

const (
	local  topology = "local"  // it is the seeder's own: what it does not take yet waits where TCP of the seeder sees it
	router topology = "router" // it is behind a router
)

// shapers are those of the lab's network.
func (l lab) shapers(where topology, queue time.Duration, ahead shaper) []shaper {
	shapers := []shaper{uplink(l.link, queue)}
	if where == router || ahead != nil {
		shapers = []shaper{ahead, uplink(l.link, queue)}
	}
	if l.ipv6 == behind {
		shapers = append(shapers, narrowIPv6(l.link/quarter, queue))
	}
	return shapers
}

func parseTopology(text string) (topology, error) {
	if t := topology(text); t == local || t == router {
		return t, nil
	}
	return "", fmt.Errorf("%q is neither local nor router", text)
}
