package swarm

// index finds the positions in an array of the peers with some hash: a table of 4 bytes a place with linear probing.
// Several peers may have one hash, and different hashes may be taken for the same; who asks has to look at the peers.
type index struct {
	slots []uint32 // fingerprint of the hash, and the position plus one; 0: empty
	used  int
}

const (
	positionBits = 24
	positionMask = 1<<positionBits - 1
	// maxPeers is how many peers of a family a swarm can have.
	maxPeers = positionMask - 1
)

// Places are taken up to four fifths, and then there are made enough for five eighths.
func (x *index) isFull() bool       { return x.used*5 >= len(x.slots)*4 }
func slotsFor(peers int) (size int) { return peers*8/5 + 8 }

// rebuild makes the index anew, with room to grow, for peers whose hashes hashOf tells by their positions.
func (x *index) rebuild(peers int, hashOf func(position int) uint32) {
	*x = index{slots: make([]uint32, slotsFor(peers))}
	for position := range peers {
		x.insert(hashOf(position), position)
	}
}

// insert needs an index that is not full.
func (x *index) insert(hash uint32, position int) {
	at := x.home(hash)
	for x.slots[at] != 0 {
		at = x.after(at)
	}
	x.slots[at] = entry(hash, position)
	x.used++
}

// locate returns the slot of an entry that is there.
func (x *index) locate(hash uint32, position int) (slot int) {
	at, wanted := x.home(hash), entry(hash, position)
	for x.slots[at] != wanted {
		at = x.after(at)
	}
	return at
}

// swap exchanges the positions of two entries.
func (x *index) swap(hashI uint32, i int, hashJ uint32, j int) {
	atI, atJ := x.locate(hashI, i), x.locate(hashJ, j)
	x.slots[atI], x.slots[atJ] = entry(hashI, j), entry(hashJ, i)
}

// remove takes out an entry that is there. Those behind it move up, if that brings them nearer to where they are looked
// for first; hashOf tells their hashes.
func (x *index) remove(hash uint32, position int, hashOf func(position int) uint32) {
	hole := x.locate(hash, position)
	for at := x.after(hole); x.slots[at] != 0; at = x.after(at) {
		home := x.home(hashOf(positionOf(x.slots[at])))
		if x.distance(home, at) >= x.distance(hole, at) {
			x.slots[hole], hole = x.slots[at], at
		}
	}
	x.slots[hole] = 0
	x.used--
}

// probe goes through the positions that may have a hash.
type probe struct {
	x           *index
	at          int
	fingerprint uint32
}

func (x *index) probe(hash uint32) probe {
	return probe{x: x, at: x.home(hash), fingerprint: entry(hash, 0) &^ positionMask}
}

// next returns the next position, and false if there is none.
func (p *probe) next() (position int, ok bool) {
	for {
		slot := p.x.slots[p.at]
		if slot == 0 {
			return 0, false
		}
		p.at = p.x.after(p.at)
		if slot&^positionMask == p.fingerprint {
			return positionOf(slot), true
		}
	}
}

// home depends on the upper bits of a hash, the fingerprint on the lowest.
func (x *index) home(hash uint32) int {
	return int(uint64(hash) * uint64(len(x.slots)) >> 32)
}

func (x *index) after(slot int) int {
	if slot++; slot < len(x.slots) {
		return slot
	}
	return 0
}

func (x *index) distance(from, to int) int {
	if to >= from {
		return to - from
	}
	return to - from + len(x.slots)
}

func entry(hash uint32, position int) uint32 {
	return hash<<positionBits | uint32(position+1) //nolint:gosec // below maxPeers
}

func positionOf(slot uint32) int { return int(slot&positionMask) - 1 }
