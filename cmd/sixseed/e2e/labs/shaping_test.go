package labs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// megabit is the unit of rates here, a million bits per second, in bytes per second.
const megabit int64 = 1_000_000 / 8

// burst has HTB send a large packet, to be cut by a network card, at once.
const burst = "burst 64k cburst 64k quantum 60000"

// shaper narrows what a host sends towards the peers.
type shaper func(t testing.TB, h *host)

// uplink narrows everything to a rate. A full queue takes so long to pass.
func uplink(rate int64, queue time.Duration) shaper {
	return func(t testing.TB, h *host) {
		t.Helper()
		h.shape(t, "qdisc add dev %s root tbf rate %dbit burst 128k latency %dms", toPeers, rate*8, queue.Milliseconds())
	}
}

// narrowIPv6 narrows IPv6 alone, with a queue of its own.
func narrowIPv6(rate int64, queue time.Duration) shaper {
	return func(t testing.TB, h *host) {
		t.Helper()
		const others = 10_000 * megabit
		h.shape(t, "qdisc add dev %s root handle 1: htb default 4", toPeers)
		h.shape(t, "class add dev %s parent 1: classid 1:4 htb rate %dbit "+burst, toPeers, others*8)
		h.shape(t, "class add dev %s parent 1: classid 1:6 htb rate %dbit "+burst, toPeers, rate*8)
		h.shape(t, "qdisc add dev %s parent 1:6 bfifo limit %d", toPeers, int64(queue.Seconds()*float64(rate)))
		h.classifyIPv6(t)
	}
}

// favourIPv6 narrows everything to a rate and lets IPv6 have it first: what an expert does who knows the rate.
func favourIPv6(rate int64) shaper {
	return func(t testing.TB, h *host) {
		t.Helper()
		const least = megabit // a class has to have some
		h.shape(t, "qdisc add dev %s root handle 1: htb default 4", toPeers)
		h.shape(t, "class add dev %s parent 1: classid 1:1 htb rate %dbit "+burst, toPeers, rate*8)
		h.shape(t, "class add dev %s parent 1:1 classid 1:6 htb prio 0 rate %dbit ceil %dbit "+burst,
			toPeers, (rate-least)*8, rate*8)
		h.shape(t, "class add dev %s parent 1:1 classid 1:4 htb prio 1 rate %dbit ceil %dbit "+burst,
			toPeers, least*8, rate*8)
		h.classifyIPv6(t)
	}
}

// classifyIPv6 puts IPv6 packets into the class 1:6.
func (h *host) classifyIPv6(t testing.TB) {
	t.Helper()
	h.shape(t, "filter add dev %s parent 1: protocol ipv6 u32 match u32 0 0 flowid 1:6", toPeers)
}

// shape runs tc with arguments that have no spaces in them.
func (h *host) shape(t testing.TB, format string, values ...any) {
	t.Helper()
	h.must(t, "tc", strings.Fields(fmt.Sprintf(format, values...))...)
}

// logQueues prints what the shapers counted.
func (n *network) logQueues(t testing.TB) {
	t.Helper()
	for _, h := range n.hosts[:len(n.hosts)-1] {
		t.Logf("%s:\n%s", h.name, h.must(t, "tc", "-s", "qdisc", "show", "dev", toPeers))
	}
}
