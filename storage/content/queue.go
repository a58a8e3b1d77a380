package content

import "container/list"

// maxOvertaken is how often those who wait for a place in the pool are overtaken, until one of them gets it, by others
// who ask for a file that is in use anyway. Without overtaking, a full pool would come to rest for each who waits;
// without a bound, files that are never out of use would let nobody else in.
const maxOvertaken = 64

// queue is who waits for a file, guarded by Pool.mu. The zero value is empty.
type queue struct {
	waiters   list.List // of chan struct{}, each with room for one value; who came first is in front
	overtaken int       // how often, since one of them was the last to go
}

// wait returns when the file at a place is open, or there is room to open it, or a reason to give up. It is called with
// the lock held, and gives it up while it waits.
func (p *Pool) wait(at place) {
	if !p.mustWait(at) && p.mayPass(at) {
		return
	}
	woken := make(chan struct{}, 1)
	mine := p.queue.waiters.PushBack(woken)
	for at.data.refusal() == nil && (p.queue.waiters.Front() != mine || p.mustWait(at)) {
		p.mu.Unlock()
		<-woken
		p.mu.Lock()
	}
	p.queue.waiters.Remove(mine)
	p.queue.overtaken = 0
	p.queue.wakeFirst() // who comes next may want the same file, or one of several that are idle
}

// mustWait says whether there is neither a file at the place nor room to open it.
func (p *Pool) mustWait(at place) bool {
	return p.open[at] == nil && p.count == p.limit && p.idle.Len() == 0
}

// mayPass says whether somebody who finds what he needs at the place need not queue for it. Counts that.
func (p *Pool) mayPass(at place) bool {
	if p.queue.waiters.Len() == 0 {
		return true
	}
	shared := p.open[at]
	inUse := shared != nil && shared.users > 0 // an idle file is room for those who wait
	if !inUse || p.queue.overtaken == maxOvertaken {
		return false
	}
	p.queue.overtaken++
	return true
}

func (q *queue) wakeFirst() {
	if first := q.waiters.Front(); first != nil {
		wake(first)
	}
}

func (q *queue) wakeAll() {
	for e := q.waiters.Front(); e != nil; e = e.Next() {
		wake(e)
	}
}

func wake(waiter *list.Element) {
	select {
	case waiter.Value.(chan struct{}) <- struct{}{}:
	default: // it was woken already
	}
}
