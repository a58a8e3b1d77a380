package seeding_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
)

// sixseed is the daemon, with limits out of the way and no way to the rest of the network.
func sixseed(t testing.TB, port uint16, r *rig.Release) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	write(t, config, fmt.Sprintf(`state_dir = %q
[library]
dirs = [%q]
[peers]
port = %d
max_connections = 10000
max_per_torrent = 10000
dht = false
pex = false
[policy]
upload_slots = 10000
[web]
listen = ["127.0.0.1:%d"]
`, filepath.Join(dir, "state"), r.Dir, port, peers.FreePort(t)))
	return peers.Command(context.Background(), rig.Daemon(), "serve", "--config", config)
}

// libtorrent is what qBittorrent and Deluge are made of.
func libtorrent(style string) func(t testing.TB, port uint16, r *rig.Release) *exec.Cmd {
	return func(t testing.TB, port uint16, r *rig.Release) *exec.Cmd {
		t.Helper()
		return rig.Libtorrent(t, port, r, style)
	}
}

// transmission is transmission-daemon, which seeds what lies in its torrents folder.
func transmission(t testing.TB, port uint16, r *rig.Release) *exec.Cmd {
	t.Helper()
	peers.Need(t, "transmission-daemon")
	dir := t.TempDir()
	settings, err := json.Marshal(map[string]any{
		"download-dir": r.Dir, "peer-port": port, "peer-port-random-on-start": false,
		"peer-limit-global": 10000, "peer-limit-per-torrent": 10000, "upload-slots-per-torrent": 10000,
		"speed-limit-up-enabled": false, "encryption": 0, "incomplete-dir-enabled": false,
		"dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false,
		"port-forwarding-enabled": false, "rpc-enabled": false, "start-added-torrents": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	torrent, err := os.ReadFile(r.Metafile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "torrents"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "settings.json"), string(settings))
	write(t, filepath.Join(dir, "torrents", "release.torrent"), string(torrent))
	return peers.Command(context.Background(), "transmission-daemon", "--foreground", "--config-dir", dir)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
