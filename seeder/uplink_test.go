package seeder_test

import (
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/bandwidth"
	"sixseed/policy/budget"
	"sixseed/policy/family"
	"sixseed/seeder"
)

// unlimited is a policy that limits nothing.
func unlimited() seeder.UploadPolicy {
	none := family.Pair[int64]{V4: budget.Unlimited, V6: budget.Unlimited}
	return seeder.UploadPolicy{
		Plan: budget.Plan{
			Limits: budget.Limits{Upload: budget.Unlimited, Family: none},
			Quota:  budget.Quota{Total: budget.Unlimited, Family: none},
		},
		Peer: budget.Unlimited, Address: budget.Unlimited,
	}
}

// auto is a policy that finds the link's rate out, and keeps a floor.
func auto(floor int64) seeder.UploadPolicy {
	policy := unlimited()
	policy.Auto = true
	policy.Plan.Limits.Floor = floor
	return policy
}

// limited is a policy with a known rate.
func limited(rate int64) seeder.UploadPolicy {
	policy := unlimited()
	policy.Plan.Limits.Upload = rate
	return policy
}

// take has a sender of a family take leave again and again, at no more than pace bytes per second, until stop is called.
func take(t *testing.T, gate *bandwidth.Gate, f family.Family, pace int64) (stop func()) {
	t.Helper()
	ended := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		share := gate.Join(f, netip.MustParseAddr("2001:db8::1"))
		defer share.Leave()
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Duration(share.Take(ended, 64<<10) * int64(time.Second) / pace)):
			}
		}
	})
	stop = sync.OnceFunc(func() {
		close(ended)
		running.Wait()
	})
	t.Cleanup(stop)
	return stop
}

func TestUplink_KeepsTheLimitsOfThePlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := limited(1000)
		policy.Plan.Limits.Family = family.Pair[int64]{V4: 600, V6: 900}
		policy.Plan.Limits.Floor = 100
		policy.Peer, policy.Address = 50, 70
		sharing := share(t, newCrowd(), policy, 1)
		want := bandwidth.Limits{
			Upload: 1000, Family: family.Pair[int64]{V4: 600, V6: 900}, Floor: 100, Peer: 50, Address: 70,
		}
		if diff := cmp.Diff(want, sharing.Gate.Limits()); diff != "" {
			t.Errorf("the gate's limits (-want +got)\n%s", diff)
		}
		sharing.Set(unlimited())
		if diff := cmp.Diff(bandwidth.None(), sharing.Gate.Limits()); diff != "" {
			t.Errorf("the gate's limits once there are none (-want +got)\n%s", diff)
		}
	})
}

// The way out is full for as long as the test says, whatever IPv4 sends.
func TestUplink_AutoLimitsIPv4(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const floor = 300_000
		crowd := newCrowd()
		crowd.join(1, family.V4)
		sharing := share(t, crowd, auto(floor), 1)
		take(t, sharing.Gate, family.V4, 20_000_000)
		at := func(d time.Duration) bandwidth.Limits {
			time.Sleep(d)
			synctest.Wait()
			return sharing.Gate.Limits()
		}
		if got := at(time.Second); got.Family.V4 != bandwidth.Unlimited {
			t.Errorf("IPv4 is limited to %d while it is alone", got.Family.V4)
		}

		stop := take(t, sharing.Gate, family.V6, 20_000_000)
		crowd.fare(bandwidth.Path{RTT: 60 * time.Millisecond, Base: 20 * time.Millisecond})
		yielding := at(2 * time.Second)
		if yielding.Family.V4 > 5_000_000 || sharing.Status().State != bandwidth.Yielding.String() {
			t.Errorf("IPv4 has %d though packets queue (%+v)", yielding.Family.V4, sharing.Status())
		}
		if got := at(8 * time.Second); got.Family.V4 != floor || got.Family.V6 != bandwidth.Unlimited {
			t.Errorf("the limits are %+v, want IPv4's floor and none for IPv6", got)
		}
		crowd.fare(bandwidth.Path{RTT: 20 * time.Millisecond, Base: 20 * time.Millisecond})
		if got := at(10 * time.Second); got.Family.V4 < 4*floor {
			t.Errorf("IPv4 has %d though no packets queue", got.Family.V4)
		}
		stop()
		if got := at(3 * time.Second); got.Family.V4 != bandwidth.Unlimited {
			t.Errorf("IPv4 is limited to %d though IPv6 is gone", got.Family.V4)
		}
	})
}

// Sockets take much of IPv6's data at once, and send it for seconds.
func TestUplink_AutoCountsWhatIPv6Sends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		crowd.join(1, family.V6)
		sharing := share(t, crowd, auto(0), 1)
		take(t, sharing.Gate, family.V4, 20_000_000)
		crowd.fare(bandwidth.Path{RTT: 20 * time.Millisecond, Base: 20 * time.Millisecond})
		expect := func(what string, limited bool) {
			t.Helper()
			time.Sleep(5 * time.Second)
			synctest.Wait()
			if limit := sharing.Gate.Limits().Family.V4; (limit != bandwidth.Unlimited) != limited {
				t.Errorf("%s: IPv4 has %d", what, limit)
			}
		}
		crowd.fareOverIPv6(bandwidth.Path{Sent: 100_000})
		expect("the socket was filled before", true)
		take(t, sharing.Gate, family.V6, 1_000_000)
		crowd.fareOverIPv6(bandwidth.Path{})
		expect("the socket is filled, and nothing goes out", false)
	})
}

func TestUplink_AutoKeepsToIPv4sOwnLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := auto(0)
		policy.Plan.Limits.Family.V4 = 1_000_000
		sharing := share(t, newCrowd(), policy, 1)
		time.Sleep(2 * time.Second)
		if got := sharing.Gate.Limits().Family.V4; got != 1_000_000 {
			t.Errorf("IPv4 has %d, want its own limit", got)
		}
	})
}

func TestUplink_RoomForIPv4(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rate = 10_000_000
		crowd := newCrowd()
		for n := range 3 {
			crowd.join(n+1, family.V4).interest(true)
		}
		sharing := share(t, crowd, limited(rate), 8)
		after(t, 1500*time.Millisecond, crowd, 1, 2, 3)
		stop := take(t, sharing.Gate, family.V6, 4*rate)
		after(t, 500*time.Millisecond, crowd, 1, 2, 3) // it may be over soon
		after(t, 2500*time.Millisecond, crowd)
		if got := sharing.Room(); got != 0 {
			t.Errorf("there is room for %d IPv4 peers", got)
		}
		stop()
		after(t, time.Second, crowd, 1, 2, 3)
	})
}

func TestUplink_RoomOfTheFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rate = 10_000_000
		crowd := newCrowd()
		for n := range 40 {
			crowd.join(n+1, family.V4).interest(true)
		}
		policy := limited(rate)
		policy.Plan.Limits.Floor = 400_000 // a useful rate for 6, half of one for 12
		sharing := share(t, crowd, policy, 100)
		time.Sleep(1500 * time.Millisecond)
		take(t, sharing.Gate, family.V6, 4*rate)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := len(crowd.holders()); got < 6 || got > 12 {
			t.Errorf("%d of IPv4 hold a slot, want 6 to 12", got)
		}
	})
}

func TestUplink_LooksSeldomWithoutPeers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		share(t, crowd, auto(0), 1)
		time.Sleep(time.Second)
		looks := func() int {
			synctest.Wait()
			before := crowd.looked()
			time.Sleep(10 * time.Second)
			synctest.Wait()
			return crowd.looked() - before
		}
		if got := looks(); got != 10 {
			t.Errorf("%d looks in ten seconds without peers, want 10", got)
		}
		crowd.join(1, family.V4)
		time.Sleep(time.Second)
		if got := looks(); got != 100 {
			t.Errorf("%d looks in ten seconds with a peer, want 100", got)
		}
	})
}
