package swarm

import (
	"bytes"

	"sixseed/policy/family"
)

// Limits bound how many peers a swarm may have. 0 is no limit.
type Limits struct {
	PerNet64    int // from an IPv6 /64, which one host may own
	PerNet48    int // from an IPv6 /48, which one site may own
	PerAddress4 int // from an IPv4 address, which many hosts may share
	PerSwarm    int // of a family; there is no room for more than 16 million
	Swarms      int // how many swarms there may be, about: shards have the same part of them each
}

// How many bytes the endpoints in such a network have in common.
const (
	net64    = 8
	net48    = 6
	address4 = 4
)

// forbid says whether a table, or the networks of an endpoint that is not there, have as many peers as they may.
func forbid[E endpoint](l Limits, t *table[E], h *hasher, e *E) bool {
	if t.len() >= maxPeers || l.PerSwarm > 0 && t.len() >= l.PerSwarm {
		return true
	}
	if familyOf[E]() == family.V6 {
		return exceeds(t, h, e, net64, l.PerNet64) || exceeds(t, h, e, net48, l.PerNet48)
	}
	return exceeds(t, h, e, address4, l.PerAddress4)
}

// exceeds says whether there are limit peers already that share the first bytes of their endpoint with e.
func exceeds[E endpoint](t *table[E], h *hasher, e *E, width, limit int) bool {
	if limit <= 0 || t.len() < limit {
		return false
	}
	count := 0
	t.grouped(h, e, func(p *peer[E]) {
		if bytes.Equal(bytesOf(&p.endpoint)[:width], bytesOf(e)[:width]) {
			count++
		}
	})
	return count >= limit
}
