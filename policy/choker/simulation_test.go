package choker_test

import (
	"fmt"
	"testing"
	"time"

	"sixseed/policy/family"
)

// endless is more than anybody gets in a simulation.
const endless = 1 << 50

// A fifth of the peers have IPv6 and slots for half are there: IPv6 peers have theirs all the time, and the others take
// turns, after which everybody of a family has got the same.
func TestRules_DecideIsFair(t *testing.T) {
	t.Parallel()
	for _, count := range []int{20, 500, 10_000} {
		t.Run(fmt.Sprintf("peers=%d", count), func(t *testing.T) {
			t.Parallel()
			const capacity = 4 * useful
			box := newSeedbox(int64(count)*capacity*35/100, count/2)
			box.tick = 10 * time.Second
			for i := range count {
				box.add(family.All[min(i%5, 1)], 0, capacity, endless)
			}
			box.run(time.Hour)
			for _, f := range family.All {
				if least, most := box.spread(f); least < most*85/100 {
					t.Errorf("%v peers got between %d and %d bytes", f, least, most)
				}
			}
			if want := int64(count/5) * capacity * 3600; box.chokes.V6 > 0 || box.sent.V6 != want {
				t.Errorf("IPv6 got %d bytes of %d and was choked %d times", box.sent.V6, want, box.chokes.V6)
			}
			if want := (box.link*3600 - box.sent.V6) * 99 / 100; box.sent.V4 < want {
				t.Errorf("IPv4 got %d bytes, %d were left", box.sent.V4, want)
			}
		})
	}
}

// There are more IPv6 peers than slots: they take turns, and IPv4 gets none.
func TestRules_DecideIsFairAmongIPv6(t *testing.T) {
	t.Parallel()
	box := newSeedbox(200*useful, 50)
	box.tick = 5 * time.Second
	for i := range 1000 {
		box.add(family.All[min(i%5, 1)], 0, 10*useful, endless)
	}
	box.run(2 * time.Hour)
	if least, most := box.spread(family.V6); least < most*85/100 {
		t.Errorf("IPv6 peers got between %d and %d bytes", least, most)
	}
	if box.sent.V4 > 0 {
		t.Errorf("IPv4 got %d bytes", box.sent.V4)
	}
}

// A release day: 5,000 peers arrive in an hour, 21 % of them over IPv6, and fetch 700 MiB over 2 Gbit/s, which is half of
// what they all could take. There are as many slots as are useful.
func TestAuto_ReleaseDay(t *testing.T) {
	t.Parallel()
	const (
		link   = 250_000_000
		size   = 700 << 20
		count  = 5000
		period = time.Hour
	)
	box := newSeedbox(link, 0)
	box.tick = 2 * time.Second
	for i := range count {
		f := family.V4
		if i*21%100 < 21 {
			f = family.V6
		}
		capacity := []int64{300_000, 1_250_000, 6_000_000, 2_500_000}[i%4]
		box.add(f, time.Duration(i)*period/count, capacity, size)
	}
	box.run(period)
	for _, l := range box.leechers {
		if l.Family == family.V4 {
			continue
		}
		alone := time.Duration(size/l.capacity)*time.Second + 2*box.tick
		if l.waited > box.tick || l.took > alone || l.took == 0 && period-l.arrives > alone {
			t.Fatalf("IPv6 peer %d (%d B/s) waited %v and took %v, alone it takes %v", l.ID, l.capacity, l.waited, l.took, alone)
		}
	}
	if box.idle > period/50 {
		t.Errorf("for %v the link was not used up", box.idle)
	}
	if box.sent.V4 == 0 || box.sent.V4+box.sent.V6 < link*3600*90/100 {
		t.Errorf("sent %+v", box.sent)
	}
	t.Logf("sent %+v, chokes %+v, slots %d, room %d, not used up for %v", box.sent, box.chokes, box.auto.Slots, box.room.Slots, box.idle)
}

// IPv6 peers that are interested and never ask do not keep IPv4 from the slots, however few there are.
func TestRules_DecideWithIdleIPv6(t *testing.T) {
	t.Parallel()
	box := newSeedbox(100*useful, 8)
	for range 100 {
		box.add(family.V6, 0, 0, endless)
	}
	for range 20 {
		box.add(family.V4, 0, 100*useful, endless)
	}
	box.run(10 * time.Minute)
	box.sent.V4 = 0
	box.run(10 * time.Minute)
	if want := box.link * 600; box.sent.V4 < want*99/100 {
		t.Errorf("IPv4 got %d bytes of %d", box.sent.V4, want)
	}
}

// Two greedy IPv6 peers come for ten seconds and go for ten, and so on: IPv4 loses its slots each time and has them back
// within a second, and nobody is choked more often than that.
func TestRoom_IPv6ComesAndGoes(t *testing.T) {
	t.Parallel()
	const visits = 30
	box := newSeedbox(100*useful, 0)
	box.tick = step
	for range 20 {
		box.add(family.V4, 0, 100*useful, endless)
	}
	guests := []*leecher{box.add(family.V6, 0, 100*useful, endless), box.add(family.V6, 0, 100*useful, endless)}
	box.run(time.Minute)
	for range visits {
		box.sent = family.Pair[int64]{}
		box.interest(guests, true)
		box.run(10 * time.Second)
		if want := box.link * 10; box.sent.V6 < want*99/100 {
			t.Fatalf("IPv6 got %d bytes of %d", box.sent.V6, want)
		}
		box.sent = family.Pair[int64]{}
		box.interest(guests, false)
		box.run(10 * time.Second)
		if want := box.link * 9; box.sent.V4 < want {
			t.Fatalf("IPv4 got %d bytes, at least %d were left", box.sent.V4, want)
		}
	}
	if most := 20 * (visits + 1); box.chokes.V4 > most {
		t.Errorf("IPv4 peers were choked %d times, at most %d are due", box.chokes.V4, most)
	}
}
