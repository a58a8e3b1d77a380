package datagram_test

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/datagram"
)

func TestListen_SocketsShareAPort(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		sockets := listen(t, loopback.Get(f), 3)
		for _, socket := range sockets {
			if socket.Addr() != sockets[0].Addr() || socket.Family() != f {
				t.Errorf("a socket of %v listens at %v, the first at %v", socket.Family(), socket.Addr(), sockets[0].Addr())
			}
		}
	}
}

func TestListen_Fails(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		taken := listen(t, loopback.Get(f), 2)[0].Addr()
		if _, err := datagram.Listen(t.Context(), taken, 1); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("listening at %v again: %v", taken, err)
		}
	}
	_, err := datagram.Listen(t.Context(), netip.MustParseAddrPort("[2001:db8::1]:6969"), 1)
	if !errors.Is(err, syscall.EADDRNOTAVAIL) || !strings.Contains(err.Error(), "listen for UDP at [2001:db8::1]:6969: ") {
		t.Errorf("listening at an address of nobody: %v", err)
	}
}

// 4-in-6 is IPv4.
func TestListen_UnmapsItsAddress(t *testing.T) {
	t.Parallel()
	socket := listen(t, netip.MustParseAddrPort("[::ffff:127.0.0.1]:0"), 1)[0]
	if socket.Family() != family.V4 || !socket.Addr().Addr().Is4() {
		t.Errorf("it is a socket of %v at %v", socket.Family(), socket.Addr())
	}
}
