package wire_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/seeder/wire"
)

func TestConn_GivesUpAPeerThatTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint, _ := newEndpoint(wire.Settings{})
		peer, socket := net.Pipe()
		conn := wire.NewIncoming(endpoint, socket, netip.MustParseAddrPort("[2001:db8::1]:6881"))
		shaken := async(func() ([]byte, error) { return read(conn, wire.HandshakeLength) })
		if _, err := peer.Write(handshake(ours)); err != nil {
			t.Fatal(err)
		}
		if _, err := shaken(); err != nil {
			t.Fatal(err)
		}

		start := time.Now()
		n, err := conn.Write(block(16384))
		if !errors.Is(err, os.ErrDeadlineExceeded) || n != 0 {
			t.Errorf("wrote %d bytes, %v", n, err)
		}
		if waited := time.Since(start); waited != wire.Stalled {
			t.Errorf("gave up after %v, want %v", waited, wire.Stalled)
		}
		_, _ = conn.Close(), peer.Close()
	})
}
