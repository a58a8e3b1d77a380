package main

import (
	"maps"
	"sync"
	"sync/atomic"
)

// infoHashSet is a set that is read without a lock and without waiting. What is written is a copy of the part that
// changes.
type infoHashSet struct {
	writing sync.Mutex
	parts   [256]atomic.Pointer[map[[20]byte]bool]
}

func (s *infoHashSet) has(infoHash [20]byte) bool {
	part := s.parts[infoHash[0]].Load()
	return part != nil && (*part)[infoHash]
}

func (s *infoHashSet) add(infoHash [20]byte) { s.change(infoHash, true) }

func (s *infoHashSet) remove(infoHash [20]byte) { s.change(infoHash, false) }

func (s *infoHashSet) change(infoHash [20]byte, in bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	changed := map[[20]byte]bool{}
	if part := s.parts[infoHash[0]].Load(); part != nil {
		changed = maps.Clone(*part)
	}
	if in {
		changed[infoHash] = true
	} else {
		delete(changed, infoHash)
	}
	s.parts[infoHash[0]].Store(&changed)
}
