package load

import (
	"fmt"
	"sync/atomic"
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
