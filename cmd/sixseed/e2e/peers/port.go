package peers

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// handedOut are the ports that FreePort has returned: whoever got one may use it only seconds later.
var handedOut sync.Map

// FreePort returns a TCP port that nobody uses, on any address of either family, and each only once. It lies below those
// that the system and the clients draw from, so that it is still free when it is used.
func FreePort(t testing.TB) uint16 {
	t.Helper()
	const first, count = 10_000, 10_000
	var err error
	for range 1000 {
		port := uint16(first + rand.IntN(count))
		if err = tryPort(t.Context(), port); err != nil {
			continue
		}
		if _, again := handedOut.LoadOrStore(port, true); !again {
			return port
		}
	}
	t.Fatalf("no port is free in both families and new: %v", err)
	return 0
}

func tryPort(ctx context.Context, port uint16) error {
	for network, address := range map[string]netip.Addr{"tcp4": netip.IPv4Unspecified(), "tcp6": netip.IPv6Unspecified()} {
		listener, err := new(net.ListenConfig).Listen(ctx, network, netip.AddrPortFrom(address, port).String())
		if err != nil {
			return err
		}
		if err := listener.Close(); err != nil {
			return err
		}
	}
	return nil
}
