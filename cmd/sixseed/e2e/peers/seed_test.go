package peers_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

func TestClient_Seed(t *testing.T) {
	t.Parallel()
	for _, client := range peers.Clients() {
		peers.Need(t, client.Program())
		addresses := peers.Addresses(t, client)
		for _, f := range family.All {
			t.Run(client.Name()+"/"+f.String(), func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				release := filepath.Join(folder, "release.iso")
				peers.MakeISO(t, release, 1<<20)
				tracker := announcetest.New(t, nil)
				torrent := makeTorrent(t, release, peers.Tiers(t, tracker, addresses))

				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- client.Seed(ctx, peers.Job{Torrent: torrent, Dir: folder, Bind: addresses.Get(f)}) }()
				tracker.Await("seed over the family", func(announces []announcetest.Announce) bool {
					return slices.ContainsFunc(announces, func(a announcetest.Announce) bool { return a.Left == 0 })
				})
				job := peers.Job{Torrent: torrent, Dir: t.TempDir(), Bind: addresses.Get(f)}
				download(t, libtorrent(t), job)
				if got, want := sum(t, filepath.Join(job.Dir, "release.iso")), sum(t, release); got != want {
					t.Errorf("SHA-256 of the download is %x, want %x", got, want)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Errorf("when it was told to end: %v", err)
				}
			})
		}
	}
}

func libtorrent(t *testing.T) peers.Client {
	t.Helper()
	for _, client := range peers.Clients() {
		if client.Name() == "libtorrent" {
			peers.Need(t, client.Program())
			return client
		}
	}
	t.Fatal("there is no libtorrent")
	return nil
}

// A seed that is gone too early is an error, whatever the client thinks of it.
func TestClient_SeedOfNothing(t *testing.T) {
	t.Parallel()
	job := peers.Job{Torrent: filepath.Join(t.TempDir(), "missing.torrent"), Dir: t.TempDir(), Bind: peers.Loopback.V4}
	if err := libtorrent(t).Seed(t.Context(), job); err == nil || !strings.Contains(err.Error(), "python3") {
		t.Errorf("it ended with %v", err)
	}
}
