package labs_test

import (
	"fmt"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

const (
	quickLink  = 100 * megabit // slow, so that what is short is the link, and not the processors that other tests use too
	quickCame  = 2 * time.Second
	quickLasts = 12 * time.Second
	quickQueue = 40 * time.Millisecond
)

// TestIPv6First runs four of the labs for a short while. The machine may be busy with other things: what is asked has to
// hold for some two seconds, and is far below the labs' own bars. It is as far above what a seeder without a policy does:
// there IPv6 gets a percent or two of the link, and a slot when its turn comes.
func TestIPv6First(t *testing.T) {
	peers.NeedRoot(t)
	r := rig.NewRelease(t, releaseLength)
	for name, check := range map[string]func(l lab, r reading) error{
		"L1":     ipv6HasMost,
		"L3/L1":  ipv6HasMost,
		"L3/L2b": restIsUsed,
		"L4":     ipv6HasSlots,
	} {
		t.Run(name, func(t *testing.T) {
			l := labNamed(t, quickLink, name)
			s := daemon(l.policy).start(t, newNetwork(t, l.shapers(local, quickQueue, nil)...), r)
			reading := s.measure(t, quickLasts, l.load(quickCame)...)
			if err := check(l, reading); err != nil {
				t.Error(err)
				reading.log(t, l, time.Second)
			}
		})
	}
}

// ipv6HasMost wants IPv6 to have nearly everything, and most of the link to be used.
func ipv6HasMost(l lab, r reading) error {
	return r.sometime(func(w stretch) error {
		if share, sent := w.share(), w.shareSent(); share < .9 || sent < .9 {
			return fmt.Errorf("IPv6 has %s of what was received, %s of what was sent", percent(share), percent(sent))
		}
		return l.isUsed(w)
	})
}

// restIsUsed wants IPv6 to have most of what it can take, and IPv4 to use most of the link that is left.
func restIsUsed(l lab, r reading) error {
	return r.sometime(func(w stretch) error {
		if got := w.received(family.V6) / float64(l.link/quarter); got < .8 {
			return fmt.Errorf("IPv6 has %s of what it can take", percent(got))
		}
		return l.isUsed(w)
	})
}

// isUsed wants most of a lab's rate to be used.
func (l lab) isUsed(w stretch) error {
	if used := w.total() / float64(l.rate); used < .7 {
		return fmt.Errorf("%s of the rate is used", percent(used))
	}
	return nil
}

// ipv6HasSlots wants IPv6 peers to be unchoked well before a turn of the IPv4 peers is over, which is 30 seconds.
func ipv6HasSlots(_ lab, r reading) error {
	if waited := longest(r.waited.V6); !(waited <= 8) {
		return fmt.Errorf("IPv6 peers waited for a slot: %s", seconds(waited))
	}
	return nil
}

// sometime returns nil if a check holds for some two seconds after IPv6 came, else what it last said.
func (r reading) sometime(check func(stretch) error) error {
	err := fmt.Errorf("it was over too soon, after %v", r.end())
	for _, w := range r.windows(quickCame, 2*time.Second) {
		if err = check(w); err == nil {
			return nil
		}
	}
	return err
}
