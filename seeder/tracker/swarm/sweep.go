package swarm

import "maps"

// sweepChunk is how many peers of a swarm are looked at before others may have the lock.
const sweepChunk = 4096

// Shards is how many steps a sweep has.
func (s *Store) Shards() int { return len(s.shards) }

// Sweep forgets the peers of one shard that have not announced for the store's lifetime, and returns how many they were.
// Every shard must be swept at least once a day, or else peers grow young again.
func (s *Store) Sweep(now Minute, shard int) (removed int) {
	sh := &s.shards[shard]
	removed, large := sh.sweep(now, s.config.Lifetime)
	for _, infoHash := range large {
		removed += sweepLarge[endpoint6](sh, infoHash, now, s.config.Lifetime)
		removed += sweepLarge[endpoint4](sh, infoHash, now, s.config.Lifetime)
	}
	return removed
}

// sweep goes through the shard's swarms and returns those that are too large to be done in one go.
func (sh *shard) sweep(now, lifetime Minute) (removed int, large []InfoHash) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for infoHash, w := range sh.swarms {
		if w.v6.len()+w.v4.len() > sweepChunk {
			large = append(large, infoHash)
			continue
		}
		idle := w.isEmpty()
		removed += expire[endpoint6](sh, w, 0, w.v6.len(), now, lifetime)
		removed += expire[endpoint4](sh, w, 0, w.v4.len(), now, lifetime)
		w.v6.shrink(sh.hasher)
		w.v4.shrink(sh.hasher)
		sh.settle(infoHash, w, idle)
	}
	sh.compact()
	return removed, large
}

// sweepLarge sweeps a table chunk by chunk, last peers first. A peer that changes its place in between may have to wait
// for the next sweep.
func sweepLarge[E endpoint](sh *shard, infoHash InfoHash, now, lifetime Minute) (removed int) {
	for end, more := maxPeers, true; more; {
		var n int
		n, end, more = sweepPart[E](sh, infoHash, end, now, lifetime)
		removed += n
	}
	return removed
}

func sweepPart[E endpoint](sh *shard, infoHash InfoHash, end int, now, lifetime Minute) (removed, rest int, more bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	w := sh.swarms[infoHash]
	if w == nil {
		return 0, 0, false
	}
	t, idle := tableOf[E](w), w.isEmpty()
	end = min(end, t.len())
	rest = max(end-sweepChunk, 0)
	removed = expire[E](sh, w, rest, end, now, lifetime)
	if rest == 0 {
		t.shrink(sh.hasher)
		sh.settle(infoHash, w, idle)
	}
	return removed, rest, rest > 0
}

// expire removes the peers between two positions that are too old. It goes backwards: what takes the place of a removed
// peer comes from behind, where it has been looked at.
func expire[E endpoint](sh *shard, w *swarm, from, to int, now, lifetime Minute) (removed int) {
	t := tableOf[E](w)
	for i := to - 1; i >= from; i-- {
		if t.list()[i].stamp.age(now) >= lifetime {
			leave[E](sh, w, i)
			removed++
		}
	}
	return removed
}

// maxIdle is how many swarms without peers a shard remembers for how often they were downloaded. There is a limit since
// strangers can make any number of them.
const maxIdle = 64

// settle deals with a swarm that may have become empty, or was.
func (sh *shard) settle(infoHash InfoHash, w *swarm, wasIdle bool) {
	if wasIdle {
		sh.idle--
	}
	switch {
	case !w.isEmpty():
	case w.downloaded > 0 && sh.idle < maxIdle:
		sh.idle++
	default:
		delete(sh.swarms, infoHash)
	}
}

// compact makes the map of swarms anew if most of them are gone: a map does not shrink.
func (sh *shard) compact() {
	if len(sh.swarms) >= sh.most/4 {
		return
	}
	smaller := make(map[InfoHash]*swarm, len(sh.swarms))
	maps.Copy(smaller, sh.swarms)
	sh.swarms, sh.most = smaller, len(smaller)
}
