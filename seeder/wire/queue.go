package wire

import "sixseed/seeder/wire/message"

// queueDepth is how many requests of one peer are kept. Peers are told so (BEP 10, "reqq").
const queueDepth = 2000

// keptQueue is how many places an empty queue keeps for the next requests.
const keptQueue = 64

// queue holds the blocks that a peer waits for: first come, first served, each one once. The zero value is empty.
type queue struct {
	order   []message.Block // from head on; those that are not in waiting were cancelled
	head    int
	waiting blockSet
}

// len is the number of blocks that wait.
func (q *queue) len() int { return q.waiting.len() }

// add puts a block at the end, and reports whether it was not in the queue before.
func (q *queue) add(b message.Block) bool {
	if !q.waiting.add(b) {
		return false
	}
	q.makeRoom()
	q.order = append(q.order, b)
	return true
}

// makeRoom uses again the memory of blocks that are gone, before order grows.
func (q *queue) makeRoom() {
	switch {
	case len(q.order) < cap(q.order):
	case q.head > len(q.order)/2:
		q.order = q.order[:copy(q.order, q.order[q.head:])]
		q.head = 0
	case len(q.order)-q.head >= 2*queueDepth: // only a peer that cancels and asks again gets here
		q.forgetCancelled()
	}
}

// forgetCancelled leaves one place in order for each block that waits.
func (q *queue) forgetCancelled() {
	var seen blockSet
	kept := q.order[:0]
	for _, b := range q.order[q.head:] {
		if q.waiting.has(b) && seen.add(b) {
			kept = append(kept, b)
		}
	}
	q.order, q.head = kept, 0
}

// remove takes a block out, wherever it is, and reports whether it was there.
func (q *queue) remove(b message.Block) bool {
	if !q.waiting.remove(b) {
		return false
	}
	switch {
	case q.waiting.len() > 0:
	case cap(q.order) > keptQueue: // an idle connection keeps no memory that only a long queue needs
		*q = queue{}
	default:
		q.order, q.head = q.order[:0], 0
	}
	return true
}

// first returns the block whose turn it is.
func (q *queue) first() (message.Block, bool) {
	for ; q.head < len(q.order); q.head++ {
		if q.waiting.has(q.order[q.head]) {
			return q.order[q.head], true
		}
	}
	return message.Block{}, false
}

// run returns how many bytes from the first block on are asked for one after the other: no more than limit, unless the
// first block alone is longer. offset says where in the torrent a block begins.
func (q *queue) run(limit int64, offset func(message.Block) int64) int64 {
	first, ok := q.first()
	if !ok {
		return 0
	}
	begin := offset(first)
	length := int64(first.Length)
	for _, b := range q.order[q.head+1:] {
		if offset(b) != begin+length || length+int64(b.Length) > limit {
			break
		}
		length += int64(b.Length)
	}
	return length
}

// drop takes out all blocks but those to keep, and returns them in order.
func (q *queue) drop(keep func(message.Block) bool) (dropped []message.Block) {
	for _, b := range q.order[q.head:] {
		if !keep(b) && q.remove(b) {
			dropped = append(dropped, b)
		}
	}
	return dropped
}
