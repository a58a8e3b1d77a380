package wire

import (
	"cmp"
	"time"

	"sixseed/policy/family"
)

// Bounds of a backlog, in bytes. The least is what a slow peer gets, and the most is what net.ipv4.tcp_wmem usually lets
// a socket have at all.
const (
	firstBacklog = 128 << 10
	leastBacklog = 64 << 10
	mostBacklog  = 4 << 20
)

// How long a socket may take for half of its backlog. Shorter costs processor time, since the sender is woken as often;
// longer lets others wait.
const (
	shortRefill = 10 * time.Millisecond
	longRefill  = 40 * time.Millisecond
)

// backlog is how much a socket takes beyond what TCP has on its way (TCP_NOTSENT_LOWAT). Without a bound the kernel takes
// megabytes for each peer, all of which go out before the first byte for an IPv6 peer that comes then. What is on its way
// needs none, whatever the peer's distance: it grows with the kernel's own send buffer, and TCP's congestion control
// sees to it.
//
// It is IPv4's that has to be short, because IPv6 waits for it. IPv6's is bounded by the most there may be: for a shorter
// one the sender is woken more often, which costs a tenth of its processor time.
//
// What others have to wait for is time, and fast peers need much in a short one, so the bound follows the peer's rate: it
// is worth 20 to 80 ms. The zero value is firstBacklog.
type backlog struct {
	bytes int       // 0: firstBacklog
	full  time.Time // when the socket last took no more
}

// backlogOf is the bound that a socket for a class begins with.
func backlogOf(class family.Family) int {
	if class == family.V6 {
		return mostBacklog
	}
	return firstBacklog
}

// refilled takes note that the socket takes no more. From then on it takes more again as soon as it holds less than half
// of the bound, so that since the last time it has sent one half. The result is the new bound, if it has changed.
func (b *backlog) refilled(now time.Time) (bytes int, changed bool) {
	took, begun := now.Sub(b.full), !b.full.IsZero()
	before := b.bound()
	b.full, b.bytes = now, before
	switch {
	case begun && took < shortRefill:
		b.bytes = min(2*before, mostBacklog)
	case begun && took > longRefill:
		b.bytes = max(before/2, leastBacklog)
	}
	return b.bytes, b.bytes != before
}

// bound is how many bytes there may be.
func (b *backlog) bound() int { return cmp.Or(b.bytes, firstBacklog) }
