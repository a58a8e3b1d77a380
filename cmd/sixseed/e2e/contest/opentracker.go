package contest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
)

// patience is how long opentracker may take to start.
const patience = 30 * time.Second

// StartOpentracker starts opentracker for some torrents on the first cores, until the benchmark ends. It listens at
// one port for HTTP and UDP; as Debian builds it, it knows IPv4 only.
func StartOpentracker(b *testing.B, cores int, infoHashes [][20]byte) Process {
	b.Helper()
	peers.Need(b, "opentracker")
	dir, list := b.TempDir(), new(strings.Builder)
	for _, infoHash := range infoHashes {
		fmt.Fprintf(list, "%x\n", infoHash)
	}
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(list.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	address := netip.AddrPortFrom(peers.Loopback.V4, peers.FreePort(b))
	port := strconv.Itoa(int(address.Port()))
	command := pinned(b, cores, "opentracker",
		"-i", address.Addr().String(), "-p", port, "-P", port, "-d", dir, "-w", "list")
	command.Dir = dir
	start(b, command)
	awaitListener(b, address)
	return Process{Address: address, pid: command.Process.Pid}
}

// awaitListener waits until somebody listens at an address.
func awaitListener(t testing.TB, address netip.AddrPort) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.String())
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("nobody listens at %v: %v", address, err)
		}
	}
}
