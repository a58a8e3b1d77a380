package swarm

import "sixseed/policy/family"

// Totals are how much a store holds.
type Totals struct {
	Swarms    int
	Peers     family.Pair[Roles] // addresses
	DualStack int                // clients known on both families; one that is in several swarms counts in each
}

// Roles are how many peers take which part.
type Roles struct {
	Seeders  int
	Leechers int // partial seeds among them
}

// Totals returns what is in the store. Swarms that announces come to meanwhile may be counted before or after them.
func (s *Store) Totals() Totals {
	var sum Totals
	for i := range s.shards {
		sum.add(s.shards[i].total())
	}
	return sum
}

func (sh *shard) total() Totals {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	totals := sh.totals
	totals.Swarms = len(sh.swarms) - sh.idle
	return totals
}

func (t *Totals) add(other Totals) {
	t.Swarms += other.Swarms
	t.DualStack += other.DualStack
	for _, f := range family.All {
		t.Peers.At(f).Seeders += other.Peers.At(f).Seeders
		t.Peers.At(f).Leechers += other.Peers.At(f).Leechers
	}
}

// count adds n peers.
func (t *Totals) count(f family.Family, r role, n int) {
	if r == seeder {
		t.Peers.At(f).Seeders += n
	} else {
		t.Peers.At(f).Leechers += n
	}
}
