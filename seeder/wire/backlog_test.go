package wire

import (
	"fmt"
	"testing"
	"time"
)

// TestBacklog_FollowsThePeersRate has peers of many rates take half of their backlog again and again, after they were
// slower or faster.
func TestBacklog_FollowsThePeersRate(t *testing.T) {
	t.Parallel()
	const slowest, fastest = 1, 100e9 // bytes per second
	for _, rate := range []int{slowest, 10e3, 500e3, 2e6, 8e6, 20e6, 60e6, 1e9, fastest} {
		for _, before := range []int{slowest, fastest} {
			t.Run(fmt.Sprintf("%dAfter%d", rate, before), func(t *testing.T) {
				t.Parallel()
				p := taker{now: time.Unix(1_000_000_000, 0)}
				p.take(before)
				settled := p.take(rate)
				if again := p.take(rate); again != settled {
					t.Errorf("goes on from %d to %d bytes", settled, again)
				}
				switch waits := worth(settled, rate); {
				case waits < 20*time.Millisecond && settled != mostBacklog:
					t.Errorf("%d bytes are worth %v, and more is allowed", settled, waits)
				case waits > 80*time.Millisecond && settled != leastBacklog:
					t.Errorf("%d bytes are worth %v, and less is allowed", settled, waits)
				}
			})
		}
	}
}

// taker is a peer with its backlog.
type taker struct {
	backlog
	now time.Time
}

// take takes what it is sent at a rate, for some time, and returns how much the backlog may be in the end.
func (p *taker) take(rate int) (bytes int) {
	for range 20 {
		bytes, _ = p.refilled(p.now)
		p.now = p.now.Add(worth(bytes/2, rate))
	}
	return bytes
}

// worth is how long bytes take at a rate.
func worth(bytes, rate int) time.Duration {
	return time.Duration(float64(bytes) / float64(rate) * float64(time.Second))
}

func TestBacklog_BeginsBetweenItsBounds(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000_000, 0)
	var b backlog
	if bytes, changed := b.refilled(now); bytes != firstBacklog || changed {
		t.Errorf("%d bytes at first, changed: %v", bytes, changed)
	}
	if bytes, changed := b.refilled(now); bytes != 2*firstBacklog || !changed {
		t.Errorf("%d bytes after no time, changed: %v", bytes, changed)
	}
	for _, want := range []int{firstBacklog, leastBacklog, leastBacklog} {
		now = now.Add(time.Hour)
		if bytes, _ := b.refilled(now); bytes != want {
			t.Errorf("%d bytes after a long time, want %d", bytes, want)
		}
	}
}
