package wire

import "sixseed/seeder/wire/message"

// blockSet is a set of blocks: a table with linear probing, no more than half full. With it the
// queue costs 50 to 100 ns a block; with a map it was 180 to 200. The zero value is empty.
type blockSet struct {
	slots []message.Block // as many as a power of two; one of no length is free
	count int
}

// smallestSet is the number of slots that a set begins with.
const smallestSet = 32

func (s *blockSet) len() int { return s.count }

func (s *blockSet) has(b message.Block) bool {
	return s.count > 0 && b.Length != 0 && s.slots[s.find(b)] == b
}

// add puts a block in, and reports whether it was not there before. The block must not be of no length.
func (s *blockSet) add(b message.Block) bool {
	if s.has(b) {
		return false
	}
	if 2*(s.count+1) > len(s.slots) {
		s.grow()
	}
	s.slots[s.find(b)] = b
	s.count++
	return true
}

// remove takes a block out, and reports whether it was there.
func (s *blockSet) remove(b message.Block) bool {
	if !s.has(b) {
		return false
	}
	s.free(s.find(b))
	s.count--
	return true
}

// find returns the slot of a block, or the free one where it belongs.
func (s *blockSet) find(b message.Block) int {
	at := s.home(b)
	for s.slots[at].Length != 0 && s.slots[at] != b {
		at = s.after(at)
	}
	return at
}

// free empties a slot, and moves back the blocks behind it that would not be found any more.
func (s *blockSet) free(hole int) {
	for at := s.after(hole); s.slots[at].Length != 0; at = s.after(at) {
		if mask := len(s.slots) - 1; (at-s.home(s.slots[at]))&mask >= (at-hole)&mask {
			s.slots[hole] = s.slots[at]
			hole = at
		}
	}
	s.slots[hole] = message.Block{}
}

func (s *blockSet) grow() {
	old := s.slots
	s.slots = make([]message.Block, max(smallestSet, 2*len(old)))
	for _, b := range old {
		if b.Length != 0 {
			s.slots[s.find(b)] = b
		}
	}
}

// home is where a block is looked for first. Peers ask for blocks one after the other, so those must not collide; that
// they can be made to costs them as much as us, as the queue is bounded.
func (s *blockSet) home(b message.Block) int {
	const golden = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	hash := (uint64(b.Piece)<<32 | uint64(b.Begin)) * golden
	return int(hash >> 33 & uint64(len(s.slots)-1)) //nolint:gosec // no more than the slots
}

func (s *blockSet) after(at int) int { return (at + 1) & (len(s.slots) - 1) }
