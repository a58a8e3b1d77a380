package bandwidth_test

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

const (
	block = 16 << 10
	all   = 192 << 10 // what a sender asks for when its peer has many requests out
)

// crowd is senders at a gate, in a test's bubble of time.
type crowd struct {
	gate    *bandwidth.Gate
	stop    chan struct{}
	running sync.WaitGroup
}

func newCrowd(limits bandwidth.Limits) *crowd {
	return &crowd{gate: bandwidth.New(limits), stop: make(chan struct{})}
}

// close has all senders leave.
func (c *crowd) close() {
	close(c.stop)
	c.running.Wait()
}

// sender is one peer's.
type sender struct {
	share *bandwidth.Share
	sent  atomic.Int64
}

// behaviour is how a sender's peer takes data.
type behaviour struct {
	from   netip.Addr
	wanted int64         // of each request for leave
	pace   int64         // bytes per second that its connection carries; 0: any number
	away   time.Duration // how long the sender is away with each grant, whatever its size
	last   bool
}

// join adds a sender that asks for leave again and again.
func (c *crowd) join(f family.Family, b behaviour) *sender {
	if b.wanted == 0 {
		b.wanted = all
	}
	s := &sender{share: c.gate.Join(f, b.from)}
	s.share.Put(b.last)
	c.running.Go(func() {
		defer s.share.Leave()
		for {
			select {
			case <-c.stop:
				return
			default:
			}
			granted := s.share.Take(c.stop, b.wanted)
			s.sent.Add(granted)
			time.Sleep(b.away)
			if b.pace > 0 {
				time.Sleep(time.Duration(granted) * time.Second / time.Duration(b.pace))
			}
		}
	})
	return s
}

// several adds senders that are alike.
func (c *crowd) several(f family.Family, count int, b behaviour) group {
	g := make(group, count)
	for i := range g {
		g[i] = c.join(f, b)
	}
	return g
}

// group is some senders.
type group []*sender

func (g group) sent() (sum int64) {
	for _, s := range g {
		sum += s.sent.Load()
	}
	return sum
}

// during returns how many bytes a group sends in a while.
func (g group) during(d time.Duration) int64 {
	before := g.sent()
	time.Sleep(d)
	return g.sent() - before
}

// both returns what two groups send in the same while.
func both(a, b group, d time.Duration) (int64, int64) {
	beforeA, beforeB := a.sent(), b.sent()
	time.Sleep(d)
	return a.sent() - beforeA, b.sent() - beforeB
}

// limits of an upload, and nothing else.
func limits(upload int64) bandwidth.Limits {
	l := bandwidth.None()
	l.Upload = upload
	return l
}

// onWire is what so many bytes take of a limit, about.
func onWire(f family.Family, bytes int64) int64 {
	if f == family.V6 {
		return bytes * 1500 / 1428
	}
	return bytes * 1500 / 1448
}

// about fails if got is more than a part of want off.
func about(t *testing.T, what string, got, want int64, part float64) {
	t.Helper()
	if off := float64(got - want); off > part*float64(want) || -off > part*float64(want) {
		t.Errorf("%s: %d, want %d within %.1f %%", what, got, want, 100*part)
	}
}
