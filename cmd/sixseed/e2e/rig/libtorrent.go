package rig

import (
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
)

// Python is Debian's own, which has Debian's libtorrent.
const Python = "/usr/bin/python3"

// Libtorrent returns a command that seeds a release with libtorrent, which qBittorrent and Deluge are made of. The
// script is testdata/seed.py of the package whose test it is, which knows the settings.
func Libtorrent(t testing.TB, port uint16, r *Release, settings ...string) *exec.Cmd {
	t.Helper()
	peers.Need(t, "python3-libtorrent")
	script, err := filepath.Abs("testdata/seed.py")
	if err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{script, strconv.Itoa(int(port)), r.Metafile, r.Dir}, settings...)
	return peers.Command(context.Background(), Python, arguments...)
}
