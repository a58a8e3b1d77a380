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
)

// newRounds returns a crowd of interested peers, IDs from 1 on, for whom rounds are held until the test ends. The first
// one is over.
func newRounds(t *testing.T, limit, peers int) (*crowd, seeder.Slots) {
	t.Helper()
	crowd := newCrowd()
	for n := range peers {
		crowd.join(n+1, family.All[n%2]).interest(true)
	}
	slots := seeder.NewSlots(crowd, limit)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- slots.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	crowd.want()
	synctest.Wait()
	return crowd, slots
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
		after(t, 2*time.Second, crowd, 1, 3) // the first turn is over, and one waits
		after(t, 10*time.Second, crowd, 2, 3)
		after(t, 20*time.Second, crowd, 1, 2)
	})
}

func TestSlots_ARoundAtOnceWhenWanted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 3, 2)
		after(t, time.Second, crowd, 1, 2)
		third := crowd.join(3, family.V6)
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
		time.Sleep(time.Second)
		synctest.Wait()
		before := crowd.rounds()
		for range 950 {
			crowd.want()
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if got := crowd.rounds() - before; got != 10 {
			t.Errorf("%d rounds in 950 ms of unrest, want 10", got)
		}
		time.Sleep(time.Second) // in which the last want is met
		synctest.Wait()
		before = crowd.rounds()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := crowd.rounds() - before; got != 6 {
			t.Errorf("%d rounds in a quiet minute, want 6", got)
		}
	})
}

func TestSlots_Set(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, slots := newRounds(t, 1, 4)
		after(t, time.Second, crowd, 1)
		slots.Set(3)
		after(t, 0, crowd, 1, 2, 3)
		after(t, time.Second, crowd, 1, 2, 3)
		slots.Set(0)
		after(t, 0, crowd, 1, 2, 3, 4)
		after(t, time.Second, crowd, 1, 2, 3, 4)
		slots.Set(1)
		after(t, 0, crowd, 4)
	})
}

func TestSlots_WaitingTimeIsKeptBetweenRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, _ := newRounds(t, 1, 1)
		for _, n := range []int{9, 5, 7} { // each a round later than the one before
			crowd.join(n, family.V4).interest(true)
			time.Sleep(time.Second)
			crowd.want()
			synctest.Wait()
		}
		after(t, 27*time.Second+time.Millisecond, crowd, 9)
		after(t, 30*time.Second, crowd, 5)
		after(t, 30*time.Second, crowd, 7)
		after(t, 30*time.Second, crowd, 1)
	})
}

func TestSlots_ForgetWhoIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd, slots := newRounds(t, 1, 3)
		first := crowd.Peers()[0].(*guest)
		crowd.leave(first)
		after(t, 10*time.Second, crowd, 2)
		if got := slots.Remembered(); got != 2 {
			t.Errorf("%d peers are remembered, want 2", got)
		}
		if !first.Status().Unchoked {
			t.Error("a peer that was gone was choked")
		}
	})
}

func TestSlots_RunEndsInThePauseToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowd := newCrowd()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- seeder.NewSlots(crowd, 1).Run(ctx) }()
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
