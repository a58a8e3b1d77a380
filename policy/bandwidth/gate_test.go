package bandwidth_test

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

const rate = 50_000_000 // bytes per second

func TestGate_IPv6First(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(limits(rate))
		defer c.close()
		v4 := c.several(family.V4, 20, behaviour{})
		about(t, "IPv4 alone", onWire(family.V4, v4.during(time.Second)), rate, 0.03)
		v6 := c.several(family.V6, 2, behaviour{})
		time.Sleep(250 * time.Millisecond)
		sent6, sent4 := both(v6, v4, time.Second)
		about(t, "IPv6 when it wants all", onWire(family.V6, sent6), rate, 0.01)
		if sent4 > 0 {
			t.Errorf("IPv4 sent %d bytes while IPv6 waited", sent4)
		}
	})
}

// Senders of IPv6 come back late and all at a time, as on a machine that is busy.
func TestGate_IPv6FirstThoughItIsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(limits(rate))
		defer c.close()
		v4 := c.several(family.V4, 20, behaviour{})
		v6 := c.several(family.V6, 2, behaviour{away: 7 * time.Millisecond})
		time.Sleep(time.Second)
		sent6, sent4 := both(v6, v4, time.Second)
		about(t, "IPv6 when it wants all", onWire(family.V6, sent6), rate, 0.01)
		if sent4 > 0 {
			t.Errorf("IPv4 sent %d bytes", sent4)
		}
	})
}

func TestGate_IPv4HasWhatIsLeft(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]struct {
		limits func(*bandwidth.Limits)
		v6     behaviour
	}{
		"SlowIPv6Peers": {func(*bandwidth.Limits) {}, behaviour{pace: 5_000_000}},
		"CapOfIPv6":     {func(l *bandwidth.Limits) { l.Family.V6 = 10_504_202 }, behaviour{}}, // 10 MB/s of data
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := limits(rate)
				slow.limits(&l)
				c := newCrowd(l)
				defer c.close()
				v6, v4 := c.several(family.V6, 2, slow.v6), c.several(family.V4, 20, behaviour{})
				time.Sleep(time.Second)
				sent6, sent4 := both(v6, v4, 4*time.Second)
				about(t, "IPv6", sent6, 4*10_000_000, 0.02)
				about(t, "both", onWire(family.V6, sent6)+onWire(family.V4, sent4), 4*rate, 0.01)
			})
		})
	}
}

func TestGate_FloorIsKept(t *testing.T) {
	t.Parallel()
	for name, floor := range map[string]int64{
		"High": rate / 10,
		"Low":  rate / 1000, // the link's turns are longer than what such a floor gathers in a while
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := limits(rate)
				l.Floor = floor
				c := newCrowd(l)
				defer c.close()
				v6, v4 := c.several(family.V6, 2, behaviour{}), c.several(family.V4, 20, behaviour{})
				time.Sleep(time.Second)
				sent6, sent4 := both(v6, v4, 100*time.Second)
				about(t, "IPv4", onWire(family.V4, sent4), 100*floor, 0.02)
				about(t, "IPv6", onWire(family.V6, sent6), 100*(rate-floor), 0.02)
			})
		})
	}
}

func TestGate_CapOfIPv4(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := bandwidth.None()
		l.Family.V4 = rate
		c := newCrowd(l)
		defer c.close()
		v4 := c.several(family.V4, 3, behaviour{})
		time.Sleep(time.Second)
		about(t, "IPv4", onWire(family.V4, v4.during(4*time.Second)), 4*rate, 0.01)
		v6 := c.join(family.V6, behaviour{pace: 1_000_000_000})
		about(t, "IPv6, which has no limit", group{v6}.during(time.Second), 1_000_000_000, 0.01)
	})
}

func TestGate_TurnsAreBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(limits(rate))
		defer c.close()
		peers := c.several(family.V6, 9, behaviour{})
		peers = append(peers, c.join(family.V6, behaviour{pace: 500_000_000})) // takes a while to send its turn
		time.Sleep(time.Second)
		before := make([]int64, len(peers))
		for i, peer := range peers {
			before[i] = peer.sent.Load()
		}
		time.Sleep(4 * time.Second)
		for i, peer := range peers {
			about(t, fmt.Sprintf("peer %d of ten", i), peer.sent.Load()-before[i], 4*rate/10*1428/1500, 0.03)
		}
	})
}

func TestGate_LastComesLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(limits(rate))
		defer c.close()
		greedy := group{c.join(family.V4, behaviour{last: true})}
		usual := c.several(family.V4, 2, behaviour{})
		time.Sleep(time.Second)
		if got := greedy.during(time.Second); got > 0 {
			t.Errorf("sent %d bytes to the last while others waited", got)
		}
		for _, s := range usual {
			s.share.Put(true)
		}
		about(t, "one of three alike", onWire(family.V4, greedy.during(3*time.Second)), rate, 0.05)
	})
}

func TestGate_LimitsOfOneParty(t *testing.T) {
	t.Parallel()
	home := netip.MustParseAddr("2001:db8::1")
	neighbour := netip.MustParseAddr("2001:db8::ffff:2") // in the same /64
	stranger := netip.MustParseAddr("2001:db8:0:1::1")
	for name, test := range map[string]struct {
		set  func(*bandwidth.Limits)
		want [3]int64 // of home, its neighbour, a stranger: onWire bytes a second
	}{
		"EachPeer":    {func(l *bandwidth.Limits) { l.Peer = rate / 10 }, [3]int64{rate / 10, rate / 10, rate / 10}},
		"EachAddress": {func(l *bandwidth.Limits) { l.Address = rate / 10 }, [3]int64{rate / 20, rate / 20, rate / 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := bandwidth.None()
				test.set(&l)
				c := newCrowd(l)
				defer c.close()
				var peers group
				for _, from := range []netip.Addr{home, neighbour, stranger} {
					peers = append(peers, c.join(family.V6, behaviour{from: from}))
				}
				time.Sleep(10 * time.Second)
				for i, peer := range peers {
					about(t, fmt.Sprint("peer ", i), onWire(family.V6, peer.sent.Load()), 10*test.want[i], 0.06)
				}
			})
		})
	}
}

func TestGate_AnyLimit(t *testing.T) {
	t.Parallel()
	for _, upload := range []int64{1, 1000, 64 << 10, 1 << 20, 125_000_000, 12_500_000_000} {
		t.Run(fmt.Sprint(upload), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(limits(upload))
				defer c.close()
				v4 := c.several(family.V4, 3, behaviour{})
				time.Sleep(time.Second / 10)
				first := onWire(family.V4, v4.sent())
				if most := upload/10 + upload/50 + 1<<19; first > most {
					t.Errorf("sent %d bytes, no more than %d may go", first, most)
				}
				span := max(time.Second/2, time.Duration(100*block/upload)*time.Second)
				about(t, "rate", onWire(family.V4, v4.during(span)), int64(span.Seconds()*float64(upload)), 0.02)
			})
		})
	}
}

func TestGate_NothingMayGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(limits(0))
		defer c.close()
		v4 := c.several(family.V4, 3, behaviour{})
		if got := v4.during(time.Hour); got > 0 {
			t.Errorf("sent %d bytes", got)
		}
		if got := c.gate.Waiting().V4; got != 3 {
			t.Errorf("%d senders wait, want all 3", got)
		}
		c.gate.Apply(limits(rate))
		about(t, "IPv4 when the limit is lifted", onWire(family.V4, v4.during(time.Second)), rate, 0.03)
	})
}

func TestShare_TakeIsInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := bandwidth.New(limits(0))
		interrupt := make(chan struct{}, 1)
		share := g.Join(family.V6, netip.IPv6Loopback())
		interrupt <- struct{}{}
		if got := share.Take(interrupt, block); got != 0 {
			t.Errorf("took %d bytes of nothing", got)
		}
		if got := g.Waiting().V6; got != 0 {
			t.Errorf("%d senders wait", got)
		}
		g.Apply(limits(rate))
		if got := share.Take(interrupt, block); got != block {
			t.Errorf("took %d bytes", got)
		}
		share.Leave()
	})
}

func TestShare_ReturnIsSpentFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limits(block) // a block a second
		l.Peer = block
		g := bandwidth.New(l)
		share := g.Join(family.V6, netip.IPv6Loopback())
		start := time.Now()
		for range 20 {
			got := share.Take(nil, block)
			share.Return(got)
		}
		if waited := time.Since(start); waited > 3*time.Second {
			t.Errorf("waited %v for what was there", waited)
		}
		if got := g.Granted().V6; got != 0 {
			t.Errorf("%d bytes granted and not returned", got)
		}
		share.Leave()
	})
}
