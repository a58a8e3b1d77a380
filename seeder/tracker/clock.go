package tracker

import (
	"sync/atomic"
	"time"

	"sixseed/seeder/tracker/swarm"
)

// longestStep is how much time can pass between two looks at the clock. A greater step is that of a clock that was set,
// or of a machine that was stopped: the peers could not announce meanwhile and are not to be forgotten for that.
const longestStep = time.Minute

// clock counts the minutes that peers live by. It never goes back, and jumps no further than longestStep.
type clock struct {
	last    time.Time
	passed  time.Duration
	minutes atomic.Uint32
}

func newClock(now time.Time) *clock { return &clock{last: now} }

// advance moves the clock on. It is for one goroutine.
func (c *clock) advance(now time.Time) {
	c.passed += max(0, min(now.Sub(c.last), longestStep))
	c.last = now
	c.minutes.Store(uint32(c.passed / time.Minute)) //nolint:gosec // for 8,000 years
}

// minute may be called by any goroutine.
func (c *clock) minute() swarm.Minute { return swarm.Minute(c.minutes.Load()) }
