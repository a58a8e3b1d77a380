package bandwidth

import "sixseed/policy/family"

// Waiting returns how many senders wait.
func (g *Gate) Waiting() family.Pair[int] {
	g.mu.Lock()
	defer g.mu.Unlock()
	return family.Both(func(f family.Family) int { return g.queues.At(f).len() })
}
