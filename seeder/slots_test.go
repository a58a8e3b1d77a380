package seeder_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// newRounds returns a crowd of interested IPv4 peers, IDs from 1 on, for whom rounds are held until the test ends. The
// first one was half a second ago.
func newRounds(t *testing.T, limit, peers int) (*crowd, seeder.Sharing) {
	t.Helper()
	crowd := newCrowd()
	for n := range peers {
		crowd.join(n+1, family.V4).interest(true)
	}
	sharing := share(t, crowd, unlimited(), limit)
	crowd.want()
	time.Sleep(500 * time.Millisecond)
	return crowd, sharing
}

// share has the upload shared out among a crowd until the test ends.
func share(t *testing.T, crowd *crowd, policy seeder.UploadPolicy, limit int) seeder.Sharing {
	t.Helper()
	sharing := seeder.NewSharing(crowd, policy, limit)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sharing.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return sharing
}

// after lets time pass and compares who holds a slot then.
func after(t *testing.T, d time.Duration, crowd *crowd, want ...uint64) {
	t.Helper()
	time.Sleep(d)
	synctest.Wait()
	if diff := cmp.Diff(want, crowd.holders(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("others hold a slot (-want +got)\n%s", diff)
	}
}

func TestSlots_TakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 2, 3)
		after(t, 0, crowd, 1, 2)
		after(t, 29*time.Second, crowd, 1, 2)
		after(t, time.Second, crowd, 1, 3) // the first turns are over, and one waits
		after(t, time.Second, crowd, 2, 3) // and now another
		after(t, 28*time.Second, crowd, 2, 3)
		after(t, time.Second, crowd, 1, 2)
	})
}

func TestSlots_ATurnIsSomePieces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 1, 2)
		after(t, 0, crowd, 1)
		crowd.guest(1).send(20 * guestPiece)
		after(t, 9*time.Second, crowd, 1) // that was fast, and it may stay for a while
		after(t, time.Second, crowd, 2)
		crowd.guest(2).send(20*guestPiece - 1)
		after(t, 15*time.Second, crowd, 2)
		crowd.guest(2).send(1)
		after(t, time.Second, crowd, 1)
	})
}

func TestSlots_ARoundAtOnceWhenWanted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 3, 2)
		after(t, time.Second, crowd, 1, 2)
		third := crowd.join(3, family.V4)
		third.interest(true)
		crowd.want()
		after(t, 0, crowd, 1, 2, 3)

		third.interest(false)
		crowd.join(4, family.V4).interest(true)
		crowd.want()
		after(t, 0, crowd, 1, 2, 3) // the pause after a round
		after(t, 100*time.Millisecond, crowd, 1, 2, 4)
	})
}

func TestSlots_RoundsAreNotHeldTooOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 2, 0)
		before := crowd.rounds()
		for range 450 {
			crowd.want()
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if got := crowd.rounds() - before; got != 5 {
			t.Errorf("%d rounds in 450 ms of unrest, want 5", got)
		}
		time.Sleep(time.Second) // in which the last want is met
		synctest.Wait()
		before = crowd.rounds()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := crowd.rounds() - before; got != 60 {
			t.Errorf("%d rounds in a quiet minute, want 60", got)
		}
	})
}

func TestSlots_Set(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, sharing := newRounds(t, 1, 4)
		after(t, time.Second, crowd, 1)
		sharing.SetSlots(3)
		after(t, 0, crowd, 1, 2, 3)
		after(t, time.Second, crowd, 1, 2, 3)
		sharing.SetSlots(0)
		after(t, 0, crowd, 1, 2, 3, 4)
		after(t, time.Second, crowd, 1, 2, 3, 4)
		crowd.guest(2).send(1)
		sharing.SetSlots(3) // who was sent most has to go
		after(t, 0, crowd, 1, 3, 4)
	})
}

func TestSlots_GrowByThemselves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, sharing := newRounds(t, 0, 0)
		for n := range 40 {
			crowd.join(n+1, family.V4).set(func(s *wire.PeerStatus) { s.Interested = true }) // and limits itself
		}
		crowd.want()
		synctest.Wait()
		first := len(crowd.holders())
		if first < 4 || first > 8 {
			t.Errorf("%d peers are served at once, want a few", first)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := len(crowd.holders()); got != 40 || sharing.Holding().Slots < 40 {
			t.Errorf("%d of 40 peers are served after five seconds, want all", got)
		}
	})
}

func TestSlots_WaitingTimeIsKeptBetweenRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 1, 1)
		for _, n := range []int{9, 5, 7} { // each a round later than the one before
			crowd.join(n, family.V4).interest(true)
			time.Sleep(time.Second)
		}
		after(t, 27*time.Second, crowd, 9)
		after(t, 30*time.Second, crowd, 5)
		after(t, 30*time.Second, crowd, 7)
		after(t, 30*time.Second, crowd, 1)
	})
}

func TestSlots_ForgetWhoIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, sharing := newRounds(t, 1, 3)
		first := crowd.guest(1)
		crowd.leave(first)
		after(t, time.Second, crowd, 2)
		if got := sharing.Remembered(); got != 2 {
			t.Errorf("%d peers are remembered, want 2", got)
		}
		if !first.Status().Unchoked {
			t.Error("a peer that was gone was choked")
		}
	})
}

func TestSlots_IPv6TakesASlotAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 8, 8)
		crowd.guest(3).send(5)
		crowd.guest(6).send(6)
		after(t, time.Second, crowd, 1, 2, 3, 4, 5, 6, 7, 8)
		for _, n := range []int{11, 12} {
			crowd.join(n, family.V6).interest(true)
		}
		crowd.want()
		after(t, 0, crowd, 1, 2, 4, 5, 7, 8, 11, 12) // from those that were sent most
	})
}

// Nothing is left for IPv4: the link is as fast as what one IPv6 peer takes.
func TestSlots_NoneForIPv4WithoutRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := unlimited()
		policy.Plan.Limits.Upload = 0
		crowd := newCrowd()
		for n := range 4 {
			crowd.join(n+1, family.All[n%2]).interest(true)
		}
		share(t, crowd, policy, 8)
		crowd.want()
		after(t, 0, crowd, 1, 3)
	})
}

func TestSlots_NoneForIPv6WhoseLimitIsNought(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		for n := range 4 {
			crowd.join(n+1, family.All[n%2]).interest(true)
		}
		sharing := share(t, crowd, unlimited(), 3)
		crowd.want()
		after(t, 0, crowd, 1, 2, 3)
		policy := unlimited()
		policy.Plan.Limits.Family.V6 = 0
		sharing.Set(policy)
		after(t, time.Second, crowd, 2, 4)
		sharing.Set(unlimited())
		after(t, time.Second, crowd, 1, 3, 4)
	})
}

func TestSlots_Holding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, sharing := newRounds(t, 2, 3)
		crowd.join(8, family.V4) // wants nothing
		time.Sleep(2 * time.Second)
		crowd.join(9, family.V4).interest(true)
		crowd.want()
		time.Sleep(7 * time.Second)
		synctest.Wait()
		want := seeder.Holding{Slots: 2, Waiting: family.Pair[seeder.Waiting]{V4: seeder.Waiting{Peers: 2, Longest: 9 * time.Second}}}
		if diff := cmp.Diff(want, sharing.Holding()); diff != "" {
			t.Errorf("who holds a slot and who waits (-want +got)\n%s", diff)
		}
	})
}

func TestSlots_RunEndsInThePauseToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- seeder.NewSharing(crowd, unlimited(), 1).Run(ctx) }()
		crowd.want()
		synctest.Wait() // the round is over, and its pause begins
		began := time.Now()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("it ended after %v", waited)
		}
	})
}
