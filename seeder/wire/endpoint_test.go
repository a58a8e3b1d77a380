package wire_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/admission"
)

func TestEndpoint_BothFamiliesShareAPort(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	v6, v4, port := listenTwice(t, e)
	if v4.Family() != family.V4 || v6.Family() != family.V6 {
		t.Errorf("listeners of %v and %v", v4.Family(), v6.Family())
	}
	if _, err := e.Listen(t.Context(), family.V4, port); err == nil ||
		!strings.Contains(err.Error(), fmt.Sprintf("ipv4 peers on port %d", port)) {
		t.Errorf("a port that is taken: %v", err)
	}
}

// listenTwice opens listeners of both families on one port. A port that is free over IPv6 may be somebody's over IPv4.
func listenTwice(t *testing.T, e *endpoint) (v6, v4 *wire.Listener, port uint16) {
	t.Helper()
	var err error
	for range 20 {
		v6, _ = listen(t, e, family.V6)
		port = uint16(v6.Addr().(*net.TCPAddr).Port)
		if v4, err = e.Listen(t.Context(), family.V4, port); err == nil {
			t.Cleanup(v4.Release)
			return v6, v4, port
		}
		v6.Release()
	}
	t.Fatal(err)
	panic("unreachable")
}

func TestEndpoint_Apply(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{Encryption: wire.EncryptionRequire})
	l, _ := newLeecherBy(t, e, family.V6, ways["RC4"])
	e.Apply(wire.Settings{Encryption: wire.EncryptionOff, MaxConnections: 1})
	if e.Encryption() != wire.EncryptionOff {
		t.Errorf("policy is %v", e.Encryption())
	}
	l.settle() // who is here stays
	peer := newCalled(t, family.V6)
	if _, err := e.Dialer(family.V6).Dial(t.Context(), peer.Addr().String()); !errors.Is(err, admission.ErrFull) {
		t.Errorf("dialled beyond the new limit: %v", err)
	}
}

func TestEndpoint_Peers(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	if peers := e.Peers(); len(peers) != 0 {
		t.Errorf("%d peers of nobody", len(peers))
	}
	_, stranger := connect(t, e, family.V6)
	l, client := newLeecher(t, e, family.V4)
	if peers := e.Peers(); len(peers) != 1 || peers[0] != l.conn(e) {
		t.Errorf("%d peers, want the one past its handshake", len(peers))
	}
	account := e.accounts.Of(ours, family.V4)
	if n := account.Connected(); n != 1 {
		t.Errorf("%d connected, want 1", n)
	}
	if _, idle := e.served.IdleSince(); idle {
		t.Error("the torrent has no users")
	}
	_ = l.socket.Close()
	client.wait(t)
	_ = stranger.Close()
	if n := account.Connected(); n != 0 {
		t.Errorf("%d connected in the end, want 0", n)
	}
	if _, idle := e.served.IdleSince(); !idle || len(e.Peers()) != 0 {
		t.Errorf("%d peers left, the torrent is idle: %v", len(e.Peers()), idle)
	}
	left, closed := *e.ended(wire.ReasonLeft), *e.ended(wire.ReasonClosed)
	if left != (family.Pair[int64]{V4: 1}) || closed != (family.Pair[int64]{V6: 1}) {
		t.Errorf("%+v have left and %+v were closed, want one over IPv4 and one over IPv6", left, closed)
	}
	if e.Accepted(family.V4) != 1 || e.Accepted(family.V6) != 1 {
		t.Errorf("accepted %d and %d, want one of each family", e.Accepted(family.V4), e.Accepted(family.V6))
	}
}

// TestEndpoint_Wanted checks when slots are to be decided anew: a peer wants one, ceases to, or leaves with one.
func TestEndpoint_Wanted(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, client := newLeecher(t, e, family.V6)
	conn := l.conn(e)
	for _, step := range []struct {
		interested bool
		say        []byte
	}{{true, []byte{0, 0, 0, 1, 2}}, {false, []byte{0, 0, 0, 1, 3}}, {true, []byte{0, 0, 0, 1, 2}}} {
		l.write(step.say)
		receive(t, e.Wanted())
		if conn.Interested() != step.interested {
			t.Errorf("interested: %v", conn.Interested())
		}
	}
	_ = l.socket.Close()
	receive(t, e.Wanted())
	client.wait(t)
}

func TestEncryption_Text(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Encryption{
		"allow": wire.EncryptionAllow, "require": wire.EncryptionRequire, "off": wire.EncryptionOff,
	} {
		got := wire.Encryption(99)
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
		if b, err := want.MarshalText(); string(b) != text || err != nil || want.String() != text {
			t.Errorf("%d is %q, %v; want %q", want, b, err, text)
		}
	}
	var e wire.Encryption
	if err := e.UnmarshalText([]byte("maybe")); err == nil || !strings.Contains(err.Error(), `"maybe"`) {
		t.Errorf(`"maybe": %v`, err)
	}
}

func TestReason_String(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for reason := range newEndpoint(t, wire.Settings{}).Ended() {
		if name := reason.String(); name == "" || seen[name] {
			t.Errorf("reason %d is called %q, like another or not at all", reason, name)
		} else {
			seen[name] = true
		}
	}
	if len(seen) != int(wire.ReasonClosed)+1 {
		t.Errorf("%d reasons are counted, want %d", len(seen), wire.ReasonClosed+1)
	}
}
