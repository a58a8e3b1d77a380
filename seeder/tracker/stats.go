package tracker

import (
	"sync/atomic"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// Stats are what the tracker has done since it was made, and what it holds. Families are as family.Of has it: of the
// address that an announce came from.
type Stats struct {
	HTTP, UDP family.Pair[uint64]          // announces that were answered with peers
	Refused   family.Pair[[reasons]uint64] // by Reason; Crowded ones are among the answered, too
	// RefusedUDP are those of Refused that came over UDP.
	RefusedUDP family.Pair[[reasons]uint64]
	Scrapes    uint64 // info-hashes asked for
	Swarms     swarm.Totals
	Listed     int // info-hashes that the list names
	Denied     int // and those that the deny list does
	Probes     Probes
}

// stripes are how many places there are for the counters. An info-hash has its own, so that cores do not wait for each
// other's.
const stripes = 64

// stripe is one place of the counters.
type stripe struct {
	http, udp transport
	scrapes   atomic.Uint64
	_         [64]byte // the next one is in another cache line
}

// transport counts the announces over one.
type transport struct {
	answered family.Pair[atomic.Uint64]
	refused  family.Pair[[reasons]atomic.Uint64]
}

type counters [stripes]stripe

func (c *counters) of(infoHash *swarm.InfoHash) *stripe { return &c[infoHash[19]%stripes] }

// over is where an announce counts. It came over HTTP if the answer can carry both families: over UDP it cannot.
func (s *stripe) over(a *swarm.Announce) *transport {
	if a.BothFamilies {
		return &s.http
	}
	return &s.udp
}

func (s *stripe) answered(a *swarm.Announce) {
	s.over(a).answered.At(family.Of(a.Peer.Addr())).Add(1)
}

func (s *stripe) refuse(a *swarm.Announce, r Reason) {
	s.over(a).refused.At(family.Of(a.Peer.Addr()))[r].Add(1)
}

// addTo adds what the stripe counts to a sum.
func (s *stripe) addTo(sum *Stats) {
	sum.Scrapes += s.scrapes.Load()
	for _, f := range family.All {
		*sum.HTTP.At(f) += s.http.answered.At(f).Load()
		*sum.UDP.At(f) += s.udp.answered.At(f).Load()
		for r := range reasons {
			udp := s.udp.refused.At(f)[r].Load()
			sum.RefusedUDP.At(f)[r] += udp
			sum.Refused.At(f)[r] += udp + s.http.refused.At(f)[r].Load()
		}
	}
}
