package load_test

import (
	"slices"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
)

// TestTraffic_Waited has a seeder that makes peers wait for a slot. They wait as long as it makes them, or longer.
func TestTraffic_Waited(t *testing.T) {
	t.Parallel()
	const late = 20 * time.Millisecond
	s := newSwarm()
	seed := func(v *visit) error {
		if _, err := v.await(message.Interested); err != nil {
			return err
		}
		time.Sleep(late)
		for _, id := range []message.ID{message.Unchoke, message.Choke, message.Unchoke} { // the first counts
			if err := v.say(id); err != nil {
				return err
			}
		}
		return v.idle()
	}
	result := start(t, load.Plan{Torrent: s.Torrent, Window: time.Millisecond, Unchoked: true, Groups: []load.Group{
		{Seeder: s.seed(t, family.V4, seed), Connections: 2, InFlight: 4},
	}})
	waited := result.Groups[0].Waited
	if len(waited) != 2 || slices.Min(waited) < late {
		t.Errorf("two peers waited %v, want %v or more", waited, late)
	}
}

func TestTraffic_WaitedInVain(t *testing.T) {
	t.Parallel()
	s := newSwarm()
	result := start(t, load.Plan{Torrent: s.Torrent, Window: time.Millisecond, Groups: []load.Group{
		{Seeder: s.seed(t, family.V6, (*visit).idle), Connections: 1, InFlight: 4},
	}})
	if waited := result.Groups[0].Waited; len(waited) != 1 || waited[0] >= 0 {
		t.Errorf("a peer that was not unchoked waited %v, want less than 0", waited)
	}
}

// TestPlan_Sampled holds each sample to the time when it was taken, and to the call that goes with it.
func TestPlan_Sampled(t *testing.T) {
	t.Parallel()
	const few = 3
	s, calls, enough := newSwarm(), 0, make(chan struct{})
	seed := func(v *visit) error {
		<-enough
		return seedWell(v)
	}
	result := start(t, load.Plan{
		Torrent: s.Torrent, Sample: time.Millisecond,
		Sampled: func() {
			if calls++; calls == few {
				close(enough)
			}
		},
		Groups: []load.Group{{Seeder: s.seed(t, family.V6, seed), Connections: 1, InFlight: 4}},
	})
	samples := len(result.Groups[0].Samples)
	if samples < few || len(result.Sampled) != samples || calls != samples {
		t.Errorf("%d samples, %d times, %d calls", samples, len(result.Sampled), calls)
	}
	if !slices.IsSorted(result.Sampled) {
		t.Errorf("times of samples are %v", result.Sampled)
	}
}
