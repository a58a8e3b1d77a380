package e2e_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/storage/metafile"
)

// TestDaemon_IsFoundThroughOpentracker announces to a tracker that is not ours, over HTTP and over UDP. Debian's build
// knows IPv4 only, and only the info-hashes on its list: so the torrent is made first, and seeded after a restart.
func TestDaemon_IsFoundThroughOpentracker(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"http", "udp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			client := clientNamed(t, "libtorrent")
			plan := download{client: client, family: family.V4, encrypt: true}
			library, port := t.TempDir(), peers.FreePort(t)
			peers.MakeISO(t, filepath.Join(library, plan.release()), 5<<20)
			announce := fmt.Sprintf("%s://127.0.0.1:%d/announce", transport, port)

			d := startDaemon(t, settings{library: library, tiers: [][]string{{announce}}})
			d.await(t, "seeding", d.seeds(1))
			torrent := d.torrents(t)[plan.release()]
			d.stop(t)
			startOpentracker(t, port, torrent)
			d.start(t)

			runDownload(t, plan, torrent, library, peers.Loopback.V4)
		})
	}
}

func clientNamed(t *testing.T, name string) peers.Client {
	t.Helper()
	for _, client := range peers.Clients() {
		if client.Name() == name {
			peers.Need(t, client.Program())
			return client
		}
	}
	t.Fatalf("there is no client %s", name)
	return nil
}

// startOpentracker runs opentracker for one torrent until the test ends, and returns when it listens.
func startOpentracker(t *testing.T, port uint16, torrent string) {
	t.Helper()
	peers.Need(t, "opentracker")
	known, err := metafile.Load(torrent)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(hex.EncodeToString(known.InfoHash[:])+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	number := strconv.Itoa(int(port))
	// As root it makes dir the root of its file system before it reads the list; else dir is where it is started.
	command := peers.Command(ctx, "opentracker", "-i", "127.0.0.1", "-p", number, "-P", number, "-d", dir, "-w", "list")
	command.Dir = dir
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	awaitPort(t, port)
}

// awaitPort waits until a TCP port of 127.0.0.1 is open.
func awaitPort(t *testing.T, port uint16) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = connection.Close()
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("nothing listens on port %d: %v", port, err)
		}
	}
}
