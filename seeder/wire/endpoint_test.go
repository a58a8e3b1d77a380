package wire_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

func TestEndpoint_BothFamiliesShareAPort(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{})
	v6, err := endpoint.Listen(t.Context(), family.V6, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer v6.Release()
	port := uint16(v6.Addr().(*net.TCPAddr).Port)
	v4, err := endpoint.Listen(t.Context(), family.V4, port)
	if err != nil {
		t.Fatal(err)
	}
	defer v4.Release()
	if _, err := endpoint.Listen(t.Context(), family.V4, port); err == nil ||
		!strings.Contains(err.Error(), fmt.Sprintf("ipv4 peers on port %d", port)) {
		t.Errorf("a port that is taken: %v", err)
	}
}

func TestEndpoint_MaxConnections(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{MaxConnections: 1})
	_, first := connect(t, endpoint, family.V6)

	listener, err := endpoint.Listen(t.Context(), family.V4, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Release()
	accepted := async(listener.Accept)
	address := fmt.Sprintf("127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port)
	if refused, err := new(net.Dialer).DialContext(t.Context(), "tcp4", address); err == nil { // an error is a refusal, too
		defer refused.Close()
		_ = refused.SetReadDeadline(time.Now().Add(20 * time.Second))
		var timeout net.Error
		if _, err := refused.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
			t.Fatalf("one connection too many was not closed: %v", err)
		}
	}
	if _, err := endpoint.Dialer(family.V4).Dial(t.Context(), listener.Addr().String()); !errors.Is(err, wire.ErrFull) {
		t.Errorf("dialled when full: %v", err)
	}
	if open, turnedAway := endpoint.Connections(); open != 1 || turnedAway != 2 {
		t.Errorf("%d open and %d refused, want 1 and 2", open, turnedAway)
	}

	_ = first.Close()
	welcome, err := new(net.Dialer).DialContext(t.Context(), "tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer welcome.Close()
	conn, err := accepted()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if got := endpoint.Accepted(family.V4); got != 1 {
		t.Errorf("%d IPv4 connections accepted, want 1", got)
	}
}

func TestDialer_OtherFamily(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{})
	for address, f := range map[string]family.Family{
		"[::1]:1":            family.V4,
		"127.0.0.1:1":        family.V6,
		"[::ffff:7f00:1]:1":  family.V6,
		"[2002:7f00:1::1]:1": family.V4, // 6to4 counts as IPv4, but is reached over IPv6
	} {
		if _, err := endpoint.Dialer(f).Dial(t.Context(), address); !errors.Is(err, wire.ErrOtherFamily) {
			t.Errorf("dial %s over %v: %v", address, f, err)
		}
	}
	if _, err := endpoint.Dialer(family.V4).Dial(t.Context(), "peer.example:1"); err == nil {
		t.Error("a name was dialled")
	}
}

// brokenSocket fails every accept call for a while, as a process out of file descriptors sees it.
type brokenSocket struct {
	net.Listener
	failures int
	calls    int
	closed   chan struct{}
}

func (s *brokenSocket) Accept() (net.Conn, error) {
	if s.calls++; s.calls <= s.failures {
		return nil, errors.New("too many open files")
	}
	<-s.closed
	return nil, net.ErrClosed
}

func (s *brokenSocket) Close() error {
	close(s.closed)
	return nil
}

func TestListener_WaitsOutAcceptErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint, _ := newEndpoint(wire.Settings{})
		socket := &brokenSocket{failures: 12, closed: make(chan struct{})}
		listener := wire.NewListener(endpoint, family.V4, socket)
		accepted := async(listener.Accept)

		time.Sleep(time.Minute)
		synctest.Wait()
		if socket.calls != socket.failures+1 {
			t.Errorf("%d calls after a minute of errors, want %d", socket.calls, socket.failures+1)
		}
		_ = listener.Close()
		synctest.Wait()
		listener.Release()
		if _, err := accepted(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept error %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestListener_ClosedBlocksUntilReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint, _ := newEndpoint(wire.Settings{})
		socket := &brokenSocket{closed: make(chan struct{})}
		listener := wire.NewListener(endpoint, family.V4, socket)
		returned := false
		go func() {
			_, _ = listener.Accept()
			returned = true
		}()
		_ = listener.Close()
		time.Sleep(time.Hour)
		synctest.Wait()
		if returned {
			t.Error("accept of a closed listener returned, and the client would spin")
		}
		listener.Release()
		synctest.Wait()
		if !returned {
			t.Error("accept of a released listener did not return")
		}
	})
}

func TestEncryption_Text(t *testing.T) {
	t.Parallel()
	for _, want := range []wire.Encryption{wire.EncryptionAllow, wire.EncryptionRequire, wire.EncryptionOff} {
		text, _ := want.MarshalText()
		var got wire.Encryption
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("%s read back as %v, %v", text, got, err)
		}
	}
	var e wire.Encryption
	if err := e.UnmarshalText([]byte("maybe")); err == nil {
		t.Error(`"maybe" was accepted`)
	}
}
