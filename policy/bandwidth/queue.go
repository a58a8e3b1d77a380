package bandwidth

import "container/list"

// queue is the senders of one family that wait, in the order of their turns. Those that are to be served last come when
// no other waits.
type queue struct{ usual, last list.List }

func (q *queue) len() int { return q.usual.Len() + q.last.Len() }

// first is the sender whose turn it is, or nil.
func (q *queue) first() *Share {
	for _, l := range []*list.List{&q.usual, &q.last} {
		if front := l.Front(); front != nil {
			return front.Value.(*Share)
		}
	}
	return nil
}

func (q *queue) add(s *Share) {
	s.line = &q.usual
	if s.last {
		s.line = &q.last
	}
	s.place = s.line.PushBack(s)
}

// remove takes a sender out and reports whether it was there.
func (q *queue) remove(s *Share) bool {
	if s.place == nil {
		return false
	}
	s.line.Remove(s.place)
	s.line, s.place = nil, nil
	return true
}
