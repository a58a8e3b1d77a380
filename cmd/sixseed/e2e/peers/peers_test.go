package peers_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

// Whoever is to judge the daemon is judged here, by a seeder that is not ours: a failure in this file says that a client
// or the way it is driven changed, and nothing about the daemon.
func TestClient_Download(t *testing.T) {
	t.Parallel()
	peers.Need(t, "python3-libtorrent")
	peers.Need(t, "mktorrent")
	folder := t.TempDir()
	release := filepath.Join(folder, "release.iso")
	peers.MakeISO(t, release, 5<<20)
	for _, client := range peers.Clients() {
		peers.Need(t, client.Program())
		addresses := peers.Addresses(t, client)
		for _, f := range family.All {
			for _, encryption := range []string{"plain", "rc4"} {
				t.Run(client.Name()+"/"+f.String()+"/"+encryption, func(t *testing.T) {
					t.Parallel()
					seeder := startReference(t, release, addresses, encryption)
					job := peers.Job{
						Torrent: seeder.torrent, Dir: t.TempDir(), Bind: addresses.Get(f), Encrypt: encryption == "rc4",
					}
					download(t, client, job)
					if got, want := sum(t, filepath.Join(job.Dir, "release.iso")), sum(t, release); got != want {
						t.Errorf("SHA-256 of the download is %x, want %x", got, want)
					}
					seeder.checkVisitors(t, job.Bind)
				})
			}
		}
	}
}

// TestClient_DownloadIsLimited has clients download no faster than they may, and tell what they see.
func TestClient_DownloadIsLimited(t *testing.T) {
	t.Parallel()
	peers.Need(t, "python3-libtorrent")
	const size, limit = 5 << 20, 1 << 20
	release := filepath.Join(t.TempDir(), "release.iso")
	peers.MakeISO(t, release, size)
	for _, client := range peers.Clients() {
		peers.Need(t, client.Program())
		addresses := peers.Addresses(t, client)
		t.Run(client.Name(), func(t *testing.T) {
			t.Parallel()
			var output bytes.Buffer
			seeder := startReference(t, release, addresses, "plain")
			begin := time.Now()
			download(t, client, peers.Job{
				Torrent: seeder.torrent, Dir: t.TempDir(), Bind: addresses.V6, Limit: limit, Output: &output,
			})
			if took := time.Since(begin); took < size/limit*time.Second/2 {
				t.Errorf("%d bytes were downloaded in %v, the limit is %d bytes per second", size, took, limit)
			}
			if !strings.Contains(output.String(), addresses.V6.String()) {
				t.Errorf("the client does not mention its peer:\n%s", &output)
			}
		})
	}
}

func TestClient_DownloadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	release := filepath.Join(folder, "release.iso")
	peers.MakeISO(t, release, 1<<20)
	torrent := makeTorrent(t, release, [][]string{{"http://127.0.0.1:9/announce"}}) // nobody is there
	for _, client := range peers.Clients() {
		t.Run(client.Name(), func(t *testing.T) {
			t.Parallel()
			peers.Need(t, client.Program())
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			job := peers.Job{Torrent: torrent, Dir: t.TempDir(), Bind: peers.Loopback.V4}
			err := client.Download(ctx, job)
			if err == nil || !strings.Contains(err.Error(), context.DeadlineExceeded.Error()) {
				t.Errorf("a download from nobody ended with %v", err)
			}
		})
	}
}

func download(t *testing.T, client peers.Client, job peers.Job) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := client.Download(ctx, job); err != nil {
		t.Fatal(err)
	}
}

// reference is a seeder made of libtorrent.
type reference struct {
	torrent string // path
	log     string // path
}

// startReference seeds release over both families until the test ends. Encryption "plain" accepts only plain text,
// "rc4" only RC4.
func startReference(t *testing.T, release string, addresses family.Pair[netip.Addr], encryption string) reference {
	t.Helper()
	tracker := announcetest.New(t, nil)
	torrent := makeTorrent(t, release, peers.Tiers(t, tracker, addresses))
	port := peers.FreePort(t)
	listen := netip.AddrPortFrom(addresses.V4, port).String() + "," + netip.AddrPortFrom(addresses.V6, port).String()
	log := filepath.Join(t.TempDir(), "seeder.log")
	startInBackground(t, log, "/usr/bin/python3", "testdata/seed.py", torrent, filepath.Dir(release), listen, encryption)
	tracker.Await("seeder on both families", func(announces []announcetest.Announce) bool {
		var seen family.Pair[bool]
		for _, announce := range announces {
			*seen.At(announce.Family) = true
		}
		return seen.V4 && seen.V6
	})
	return reference{torrent: torrent, log: log}
}

var visitor = regexp.MustCompile(`peer \[ (\S+) client: .* incoming connection`)

// checkVisitors looks at where the seeder was connected from.
func (r reference) checkVisitors(t *testing.T, want netip.Addr) {
	t.Helper()
	for _, visit := range r.visits(t) {
		from, err := netip.ParseAddrPort(visit[1])
		if err != nil || from.Addr() != want {
			t.Errorf("the seeder was connected from %s, want %s alone", visit[1], want)
		}
	}
}

// visits returns the matches of visitor. The first may be printed only after the download has ended.
func (r reference) visits(t *testing.T) [][]string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		log, err := os.ReadFile(r.log)
		if err != nil {
			t.Fatal(err)
		}
		if visits := visitor.FindAllStringSubmatch(string(log), -1); len(visits) > 0 {
			return visits
		}
		if time.Now().After(end) {
			t.Fatalf("nobody connected to the seeder; it printed:\n%s", log)
		}
	}
}

// startInBackground runs a program until the test ends, and shows what it printed if the test failed.
func startInBackground(t *testing.T, log, program string, arguments ...string) {
	t.Helper()
	output, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := peers.Command(ctx, program, arguments...)
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
		_ = output.Close()
		if text, err := os.ReadFile(log); err == nil && t.Failed() {
			t.Logf("%s printed:\n%s", program, text)
		}
	})
}

// makeTorrent makes a .torrent with a maker that is not ours.
func makeTorrent(t *testing.T, release string, tiers [][]string) string {
	t.Helper()
	peers.Need(t, "mktorrent")
	torrent := filepath.Join(t.TempDir(), "release.torrent")
	arguments := []string{"-o", torrent}
	for _, tier := range tiers {
		arguments = append(arguments, "-a", strings.Join(tier, ","))
	}
	command := peers.Command(t.Context(), "mktorrent", append(arguments, release)...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("mktorrent: %v\n%s", err, output)
	}
	return torrent
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}
