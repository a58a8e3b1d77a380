package load

import (
	"fmt"
	"sync/atomic"
	"time"
)

// member is one of a group: a connection that is to come, is there, or has failed.
type member struct {
	group   *Group
	number  int // in the group
	worker  *worker
	index   int                   // in the worker's members
	peer    atomic.Pointer[peer]  // once it has shaken hands
	failure atomic.Pointer[error] // why there is no connection, or no more
}

// fail keeps the first error.
func (m *member) fail(err error) {
	err = fmt.Errorf("peer %d of %v: %w", m.number, m.group.Seeder, err)
	m.failure.CompareAndSwap(nil, &err)
}

// waited is how long the member's peer waited to be unchoked the first time; negative if it was not.
func (m *member) waited() time.Duration {
	if p := m.peer.Load(); p != nil && p.waited.Load() > 0 {
		return time.Duration(p.waited.Load())
	}
	return -1
}
