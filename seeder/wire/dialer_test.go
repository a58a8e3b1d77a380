package wire_test

import (
	"errors"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/admission"
)

func TestDialer_OtherFamily(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	for address, f := range map[string]family.Family{
		"[::1]:1":            family.V4,
		"127.0.0.1:1":        family.V6,
		"[::ffff:7f00:1]:1":  family.V6,
		"[2002:7f00:1::1]:1": family.V4, // 6to4 counts as IPv4, but is reached over IPv6
	} {
		if _, err := e.Dialer(f).Dial(t.Context(), address); !errors.Is(err, wire.ErrOtherFamily) {
			t.Errorf("dial %s over %v: %v", address, f, err)
		}
	}
	if _, err := e.Dialer(family.V4).Dial(t.Context(), "peer.example:1"); err == nil {
		t.Error("a name was dialled")
	}
}

func TestDialer_Network(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	for f, want := range map[family.Family]string{family.V4: "tcp4", family.V6: "tcp6"} {
		if got := e.Dialer(f).DialerNetwork(); got != want {
			t.Errorf("network of %v is %q, want %q", f, got, want)
		}
	}
}

// TestDialer_FailedCallTakesNoPlace calls where nobody listens more often than one address may have connections.
func TestDialer_FailedCallTakesNoPlace(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{MaxPerAddress: 1})
	for range 3 {
		if _, err := e.Dialer(family.V6).Dial(t.Context(), "[::1]:1"); err == nil || errors.Is(err, admission.ErrAddress) {
			t.Errorf("dial: %v, want a refusal by the peer", err)
		}
	}
}
