package swarm

import (
	"math/rand/v2"
	"net/netip"
	"sync"

	"sixseed/policy/family"
)

// Config is what a Store works with. Share and Lifetime must be set.
type Config struct {
	// Share decides how many peers of which family a client is told of. It is called with locks held and must be quick.
	Share func(Demand) Share
	// Lifetime is how long a peer stays that does not announce again, in minutes: at most 43 hours.
	Lifetime Minute
	Limits   Limits
	Secret   Secret // what tags are made with
	Shards   int    // default 1024
	// Rand returns 64 random bits. It is called from many goroutines. Default: math/rand/v2's, since nothing is gained by
	// foreseeing who is told of whom.
	Rand func() uint64
}

// defaultShards are enough for no two cores to want the same one, and for none to take long to sweep.
const defaultShards = 1024

func (c Config) withDefaults() Config {
	if c.Shards <= 0 {
		c.Shards = defaultShards
	}
	if c.Rand == nil {
		c.Rand = rand.Uint64
	}
	c.Lifetime = min(c.Lifetime, longestLifetime)
	return c
}

// Store holds swarms. Its methods may be called from many goroutines.
type Store struct {
	config Config
	hasher *hasher
	shards []shard

	swarmsPerShard int // at most; 0: any number
}

// shard is a part of the swarms.
type shard struct {
	mu     sync.Mutex
	swarms map[InfoHash]*swarm
	idle   int // how many of them have no peers
	most   int // swarms since the map was made
	hasher *hasher
	totals Totals
	_      [40]byte // two cores' shards do not share a cache line
}

// Outcome is what an announce has brought, beside the answer.
type Outcome struct {
	Crowded   bool // the client was answered but not entered: its network has as many peers in the swarm as it may
	Completed bool // it has finished its download, and had not said so before
	// Pair are the addresses of a client that has become known on both families with this announce.
	Pair   family.Pair[netip.AddrPort]
	Paired bool
}

// New returns an empty store.
func New(config Config) *Store {
	config = config.withDefaults()
	s := &Store{
		config: config, hasher: newHasher(config.Limits), shards: make([]shard, config.Shards),
		swarmsPerShard: (max(0, config.Limits.Swarms) + config.Shards - 1) / config.Shards,
	}
	for i := range s.shards {
		s.shards[i].swarms = make(map[InfoHash]*swarm)
		s.shards[i].hasher = s.hasher
	}
	return s
}

// Tag returns the tag of the client that announces with this peer id and key.
func (s *Store) Tag(peerID [20]byte, key uint32) Tag { return TagOf(s.config.Secret, peerID, key) }

// Announce enters, updates or removes the client at a.Peer, and writes to out what it is told. The address must be
// unmapped and the port not 0. It allocates only for swarms that grow.
func (s *Store) Announce(now Minute, a *Announce, out *Answer) Outcome {
	out.Peers6, out.Peers4, out.Proven = out.Peers6[:0], out.Peers4[:0], false
	sh := s.shard(&a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	w := sh.swarms[a.InfoHash]
	if w == nil {
		crowded := sh.isFull(s.swarmsPerShard)
		if a.Event == Stopped || crowded {
			out.Seeders, out.Leechers, out.Downloaded = 0, 0, 0
			return Outcome{Crowded: crowded && a.Event != Stopped}
		}
		w = sh.open(a.InfoHash)
	}
	idle := w.isEmpty()
	v := visit{store: s, shard: sh, swarm: w, announce: a, now: now}
	if a.Peer.Addr().Is4() {
		receive(&v, toEndpoint4(a.Peer))
	} else {
		receive(&v, toEndpoint6(a.Peer))
	}
	v.answer(out)
	sh.settle(a.InfoHash, w, idle)
	return v.outcome
}

// Scrape returns the counts of a swarm, and false if there is none.
func (s *Store) Scrape(infoHash InfoHash) (Counts, bool) {
	sh := s.shard(&infoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	w := sh.swarms[infoHash]
	if w == nil {
		return Counts{}, false
	}
	return w.counts(), true
}

// Remember sets how often a torrent has been downloaded, if that is more than the store knows of.
func (s *Store) Remember(infoHash InfoHash, downloaded uint32) {
	sh := s.shard(&infoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	w := sh.swarms[infoHash]
	if w == nil {
		w = sh.open(infoHash)
	}
	idle := w.isEmpty()
	w.downloaded = max(w.downloaded, downloaded)
	sh.settle(infoHash, w, idle)
}

func (s *Store) shard(infoHash *InfoHash) *shard {
	return &s.shards[s.hasher.shard(infoHash, len(s.shards))]
}

// isFull says whether there are that many swarms; 0 is no limit.
func (sh *shard) isFull(limit int) bool { return limit > 0 && len(sh.swarms) >= limit }

func (sh *shard) open(infoHash InfoHash) *swarm {
	w := new(swarm)
	sh.swarms[infoHash] = w
	sh.idle++
	sh.most = max(sh.most, len(sh.swarms))
	return w
}
