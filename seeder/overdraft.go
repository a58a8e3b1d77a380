package seeder

import (
	"net/netip"
	"sync"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/seeder/wire"
)

const (
	// forgiveAfter is how long after its last byte a party is remembered, whether it is connected or not.
	forgiveAfter = 24 * time.Hour
	// mostParties are remembered; beyond them, those that took something longest ago are forgotten.
	mostParties = 100_000
)

// overdraft finds out who has taken a torrent over and over: its peers come last.
//
// A party is an IPv4 address or an IPv6 /64. Several people may be behind one, so what it may take grows with how many
// peers were connected from there at the same time, as far as their peer ids differ: one peer that comes again under
// another peer id is no second one.
type overdraft struct {
	copies  int // of a torrent that a peer may have
	parties map[partyKey]*party
	peers   map[uint64]int64 // what each connection had been sent when it was looked at last
}

// partyKey is a party and a torrent.
type partyKey struct {
	prefix   netip.Prefix
	infoHash wire.InfoHash
}

// party is what one has been sent of a torrent.
type party struct {
	bytes  int64
	people int // peers at the same time, the most there were
	last   time.Time
	ids    map[[20]byte]struct{} // of those there are now
}

func newOverdraft(copies int) *overdraft {
	return &overdraft{copies: copies, parties: make(map[partyKey]*party), peers: make(map[uint64]int64)}
}

// look counts what peers were sent since the last look, and puts those last whose party has had too much.
func (o *overdraft) look(peers []Peer, now time.Time) {
	seen := make(map[uint64]int64, len(peers))
	keys := make([]partyKey, len(peers))
	lengths := make([]int64, len(peers))
	for _, p := range o.parties {
		clear(p.ids)
	}
	for i, peer := range peers {
		status := peer.Status()
		sent := status.Traffic.Payload
		keys[i] = partyKey{bandwidth.Party(status.Address.Addr()), status.InfoHash}
		lengths[i] = status.Length
		seen[peer.ID()] = sent
		o.party(keys[i]).add(status.PeerID, sent-o.peers[peer.ID()], now)
	}
	o.peers = seen
	for i, peer := range peers {
		peer.PutLast(o.exceeded(keys[i], lengths[i]))
	}
	o.forget(now)
}

func (o *overdraft) party(key partyKey) *party {
	p, ok := o.parties[key]
	if !ok {
		p = &party{ids: make(map[[20]byte]struct{})}
		o.parties[key] = p
	}
	return p
}

func (p *party) add(id [20]byte, bytes int64, now time.Time) {
	p.bytes += bytes
	p.ids[id] = struct{}{}
	p.people = max(p.people, len(p.ids))
	if bytes > 0 || p.last.IsZero() {
		p.last = now
	}
}

// exceeded reports whether a party has had more of a torrent than it may.
func (o *overdraft) exceeded(key partyKey, length int64) bool {
	p := o.parties[key]
	return o.copies > 0 && float64(p.bytes) > float64(o.copies)*float64(p.people)*float64(length)
}

// forget drops parties that have taken nothing for long.
func (o *overdraft) forget(now time.Time) {
	patience := forgiveAfter
	for len(o.parties) > 0 {
		for key, p := range o.parties {
			if idle := now.Sub(p.last); idle >= forgiveAfter || len(p.ids) == 0 && idle >= patience {
				delete(o.parties, key)
			}
		}
		if patience /= 2; len(o.parties) <= mostParties || patience < time.Second {
			return
		}
	}
}

// overdrafts is an overdraft that several goroutines use.
type overdrafts struct {
	mu sync.Mutex
	*overdraft
}

func (o *overdrafts) set(copies int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.copies = copies
}

func (o *overdrafts) look(peers []Peer, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.overdraft.look(peers, now)
}
