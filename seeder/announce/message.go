package announce

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// event is what happened to the torrent since the last announce (BEP 3). `completed` is never sent: what is seeded
// here was complete from the start.
type event string

const (
	periodic event = ""
	started  event = "started"
	stopped  event = "stopped"
)

// request is one announce to one tracker over one family.
type request struct {
	Target    *target
	Family    family.Family
	InfoHash  [20]byte
	PeerID    [20]byte
	Port      uint16 // where peers reach us
	Uploaded  int64  // bytes
	Event     event
	NumWant   uint32 // how many peers we ask for
	Key       uint32 // the same for all announces of a torrent (BEP 7)
	TrackerID string // what the tracker called us before; HTTP only
}

// response is what a tracker that accepted an announce said.
type response struct {
	Interval    time.Duration // until the next announce; 0: not said
	MinInterval time.Duration // no announce before that; 0: not said
	Peers       []netip.AddrPort
	Warning     string
	TrackerID   string
}

// exchanger carries announces to trackers.
type exchanger interface {
	// announce returns when the tracker has answered, when it is not going to, or when ctx ends. A tracker that says no
	// is a *refusalError; one without an address in the request's family is a noAddressError.
	announce(ctx context.Context, req request) (response, error)
	// close gives up what was kept open for later exchanges.
	close()
}

// refusalError is the answer of a tracker that works and says no.
type refusalError struct {
	Reason  string
	RetryIn time.Duration // BEP 31; 0: not said
	Never   bool          // BEP 31: not to be asked again
}

func (r *refusalError) Error() string { return fmt.Sprintf("refused: %s", r.Reason) }

// noAddressError says that a tracker cannot be reached over a family because its name has no address there.
type noAddressError struct{ family family.Family }

func (e noAddressError) Error() string {
	if e.family == family.V6 {
		return "no IPv6 address"
	}
	return "no IPv4 address"
}

// usable says whether addr can be a peer's. Which of the usable ones are worth dialling is for the dialler to say.
func usable(addr netip.AddrPort) bool {
	return addr.IsValid() && addr.Port() != 0 && !addr.Addr().IsUnspecified() && !addr.Addr().IsMulticast()
}

// compactPeers reads a peer list of 4 or 16 address bytes and 2 port bytes a peer (BEP 23, BEP 7). A list of another
// length is not such a list, and nothing is taken from it.
func compactPeers(list []byte, f family.Family) []netip.AddrPort {
	size := 4
	if f == family.V6 {
		size = 16
	}
	if len(list)%(size+2) != 0 {
		return nil
	}
	peers := make([]netip.AddrPort, 0, len(list)/(size+2))
	for ; len(list) > 0; list = list[size+2:] {
		addr, _ := netip.AddrFromSlice(list[:size])
		peer := netip.AddrPortFrom(addr.Unmap(), uint16(list[size])<<8|uint16(list[size+1]))
		if usable(peer) {
			peers = append(peers, peer)
		}
	}
	return peers
}
