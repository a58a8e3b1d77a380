package tracker

import (
	"errors"
	"net/netip"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

var (
	errClaimIgnored = errors.New("ipv6 parameter ignored: announce over IPv6 instead")
	errClaimLater   = errors.New("ipv6 parameter not checked now")
)

// Claim is for a client that has announced, and says that it can be reached at an IPv6 address, too. What comes of it
// shows in later answers; the error is for the client, as a warning, if nothing will. A client whose answer says that it
// is proven need not be asked: it was heard over IPv6, which is better.
func (t *Tracker) Claim(now time.Time, a *swarm.Announce, claimed netip.AddrPort) error {
	claim := *a
	claim.Peer, claim.NumWant = claimed, 0
	switch {
	case a.Event == swarm.Stopped:
		return nil
	case t.config.IPv6Param == IgnoreClaims || !isClaimable(claimed, t.config.AllowPrivate):
		return errClaimIgnored
	case t.config.IPv6Param == TrustClaims && !isWithin(a.Peer.Addr(), t.config.Trusted):
		return errClaimIgnored
	case t.access(a.InfoHash) != accepted:
		return errClaimIgnored
	case t.config.IPv6Param == TrustClaims:
		t.believe(claim)
		return nil
	}
	if !t.prober.accept(now, claim) {
		return errClaimLater
	}
	return nil
}

// leastClaimedPort keeps a claim from sending anything to what listens at well-known ports.
const leastClaimedPort = 1024

// isClaimable says whether a claimed address is one that may be asked.
func isClaimable(claimed netip.AddrPort, allowPrivate bool) bool {
	addr := claimed.Addr()
	return addr.Is6() && claimed.Port() >= leastClaimedPort && judge(claimed, allowPrivate) == accepted &&
		family.Of(addr) == family.V6
}

func isWithin(addr netip.Addr, networks []netip.Prefix) bool {
	for _, network := range networks {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// believe enters a client at an address that it was not heard from.
func (t *Tracker) believe(claim swarm.Announce) {
	var unread swarm.Answer
	if !t.enter(&claim, &unread) {
		t.counters.of(&claim.InfoHash).refuse(&claim, Crowded)
	}
}
