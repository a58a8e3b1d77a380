package seeder_test

import (
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

func TestRates(t *testing.T) {
	t.Parallel()
	var rates seeder.Rates
	accounts := wire.NewAccounts()
	debian, fedora := wire.InfoHash{1}, wire.InfoHash{2}
	now := time.Unix(1_800_000_000, 0)
	tick := func(v6, v4 int64) {
		accounts.Of(debian, family.V6).Add(wire.Traffic{Payload: v6, Overhead: 1000})
		accounts.Of(fedora, family.V4).Add(wire.Traffic{Payload: v4, Received: 1000})
		rates.Add(now, accounts)
		now = now.Add(time.Second)
	}

	if got := rates.Total(); got != (family.Pair[int64]{}) {
		t.Errorf("before the first sample: %+v", got)
	}
	tick(1_000_000, 0) // what was sent before the first sample is of no rate
	if got := rates.Total(); got != (family.Pair[int64]{}) {
		t.Errorf("after one sample: %+v", got)
	}
	for range 5 {
		tick(600, 50)
	}
	if got, want := rates.Of(debian), (family.Pair[int64]{V6: 600}); got != want {
		t.Errorf("debian: %+v, want %+v", got, want)
	}
	if got, want := rates.Total(), (family.Pair[int64]{V6: 600, V4: 50}); got != want {
		t.Errorf("total: %+v, want %+v", got, want)
	}
	for range 5 {
		tick(0, 0)
	}
	if got := rates.Total(); got != (family.Pair[int64]{}) {
		t.Errorf("five seconds after the last byte: %+v", got)
	}
}

func TestRates_ClockStandsStill(t *testing.T) {
	t.Parallel()
	var rates seeder.Rates
	accounts := wire.NewAccounts()
	for range 3 {
		accounts.Of(wire.InfoHash{1}, family.V6).Add(wire.Traffic{Payload: 1})
		rates.Add(time.Unix(0, 0), accounts)
	}
	if got := rates.Total(); got != (family.Pair[int64]{}) {
		t.Errorf("got %+v", got)
	}
}
