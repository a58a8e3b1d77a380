package e2e_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

// download is one client that downloads one release, which nobody else does: no client can get a piece from another, and
// the ledger's figures for the release are about this download alone.
type download struct {
	client  peers.Client
	family  family.Family
	encrypt bool
}

// plans returns every way in which clients can download.
func plans(clients []peers.Client) []download {
	var all []download
	for _, client := range clients {
		for _, f := range family.All {
			all = append(all, download{client, f, false}, download{client, f, true})
		}
	}
	return all
}

func (d download) String() string {
	encryption := "plain"
	if d.encrypt {
		encryption = "encrypted"
	}
	return strings.Join([]string{d.client.Name(), d.family.String(), encryption}, "-")
}

// release is the name of the file that is downloaded.
func (d download) release() string { return d.String() + ".iso" }

// size is how large it is, in bytes: 5 to 300 MiB, the largest for the fastest client.
func (d download) size() int64 {
	size := map[string]int64{"libtorrent": 300 << 20, "rtorrent": 60 << 20}[d.client.Name()]
	size = max(size, 20<<20)
	if d.encrypt {
		size /= 4
	}
	return size
}

// TestDaemon_IsDownloadedFrom has every client download over each family, in plain text and encrypted, and then compares
// what was received with what the ledger says.
func TestDaemon_IsDownloadedFrom(t *testing.T) {
	t.Parallel()
	byLoopback := make(map[bool][]peers.Client)
	for _, client := range peers.Clients() {
		peers.Need(t, client.Program())
		byLoopback[client.Loopback()] = append(byLoopback[client.Loopback()], client)
	}
	t.Run("OverLoopback", func(t *testing.T) {
		t.Parallel()
		downloadAll(t, byLoopback[true])
	})
	t.Run("OverRoutableAddresses", func(t *testing.T) {
		t.Parallel()
		downloadAll(t, byLoopback[false])
	})
}

func downloadAll(t *testing.T, clients []peers.Client) {
	library, downloads, addresses := t.TempDir(), plans(clients), peers.Addresses(t, clients...)
	for _, download := range downloads {
		peers.MakeISO(t, filepath.Join(library, download.release()), download.size())
	}
	tracker := announcetest.New(t, nil)
	d := startDaemon(t, settings{library: library, tiers: peers.Tiers(t, tracker, addresses)})
	d.await(t, "seeding", d.seeds(len(downloads)))
	tracker.Await("announce of every release over both families", func(announces []announcetest.Announce) bool {
		return announced(announces) == family.Pair[int]{V4: len(downloads), V6: len(downloads)}
	})

	torrents := d.torrents(t)
	t.Run("Clients", func(t *testing.T) { // returns when all of its parallel subtests have
		for _, download := range downloads {
			t.Run(download.String(), func(t *testing.T) {
				t.Parallel()
				runDownload(t, download, torrents[download.release()], library, addresses.Get(download.family))
			})
		}
	})
	d.stop(t)
	checkReport(t, d, downloads, library)
}

func runDownload(t *testing.T, d download, torrent, library string, bind netip.Addr) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	job := peers.Job{Torrent: torrent, Dir: t.TempDir(), Bind: bind, Encrypt: d.encrypt}
	if err := d.client.Download(ctx, job); err != nil {
		t.Fatal(err)
	}
	got, want := sum(t, filepath.Join(job.Dir, d.release())), sum(t, filepath.Join(library, d.release()))
	if got != want {
		t.Errorf("SHA-256 of the download is %x, want %x", got, want)
	}
}

// checkReport holds the ledger to what the clients took: to within 2 % over the family of each download, and nothing
// over the other.
func checkReport(t *testing.T, d *daemon, downloads []download, library string) {
	t.Helper()
	type traffic struct{ Payload, Overhead int64 }
	var report struct {
		Torrents []struct {
			Name       string
			IPv4, IPv6 traffic
		}
	}
	if err := json.Unmarshal(d.run(t, "report", "--json", "--torrents"), &report); err != nil {
		t.Fatal(err)
	}
	sent := make(map[string]family.Pair[traffic])
	for _, torrent := range report.Torrents {
		sent[torrent.Name] = family.Pair[traffic]{V4: torrent.IPv4, V6: torrent.IPv6}
	}
	for _, download := range downloads {
		original, err := os.Stat(filepath.Join(library, download.release()))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range family.All {
			got, want := sent[download.release()].Get(f), int64(0)
			if f == download.family {
				want = original.Size()
			}
			if math.Abs(float64(got.Payload-want)) > 0.02*float64(want) {
				t.Errorf("%s: the report says %d bytes over %s, and the client took %d", download, got.Payload, f, want)
			}
			if (got.Overhead > 0) != (f == download.family) {
				t.Errorf("%s: the report says %d bytes of overhead over %s", download, got.Overhead, f)
			}
		}
	}
}

// announced counts the torrents that announces are about.
func announced(announces []announcetest.Announce) family.Pair[int] {
	torrents := family.Both(func(family.Family) map[[20]byte]bool { return make(map[[20]byte]bool) })
	for _, announce := range announces {
		torrents.Get(announce.Family)[announce.InfoHash] = true
	}
	return family.Pair[int]{V4: len(torrents.V4), V6: len(torrents.V6)}
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
