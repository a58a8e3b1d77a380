package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/storage/metafile"
)

// judgedTracker is `sixseed tracker`, which clients of other makes announce to.
type judgedTracker struct {
	port uint16
}

// startJudgedTracker starts a tracker that listens at all addresses, tracks everything, and ends with the test.
func startJudgedTracker(t *testing.T) judgedTracker {
	t.Helper()
	dir, port := t.TempDir(), peers.FreePort(t)
	text := fmt.Sprintf("state_dir = %q\n[tracker]\nlisten = [\"0.0.0.0:%d\", \"[::]:%d\"]\naccess = \"open\"\n"+
		"private_addresses = true\n[web]\nlisten = []\n", stateDir(t), port, port)
	config := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log := new(journal)
	ctx, cancel := context.WithCancel(context.Background())
	command := peers.Command(ctx, program, "tracker", "--config", config)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("the tracker's log:\n%s", log)
		}
	})
	awaitPort(t, port)
	return judgedTracker{port: port}
}

// url is where it is announced to at an address.
func (j judgedTracker) url(transport string, address netip.Addr) string {
	return fmt.Sprintf("%s://%s/announce", transport, netip.AddrPortFrom(address, j.port))
}

// ask asks it over HTTP.
func (j judgedTracker) ask(t *testing.T, address netip.Addr, path string) string {
	t.Helper()
	url := fmt.Sprintf("http://%s%s", netip.AddrPortFrom(address, j.port), path)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	direct := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // through no proxy
	answer, err := direct.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// trackerStats are its figures, as far as tests look at them.
type trackerStats struct {
	Announces map[string]family.Pair[int] // by transport
	Refused   map[string]family.Pair[int]
	DualStack int `json:"dual_stack_clients"`
}

func (j judgedTracker) stats(t *testing.T) (stats trackerStats) {
	t.Helper()
	if err := json.Unmarshal([]byte(j.ask(t, peers.Loopback.V6, "/stats")), &stats); err != nil {
		t.Fatal(err)
	}
	return stats
}

// await waits until the tracker has what a test waits for.
func (j judgedTracker) await(t *testing.T, what string, has func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !has(); {
		if time.Now().After(end) {
			t.Fatalf("no %s in %v", what, patience)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// awaitSeed waits until somebody seeds a torrent.
func (j judgedTracker) awaitSeed(t *testing.T, torrent string) {
	t.Helper()
	j.await(t, "seed", func() bool {
		return strings.Contains(j.ask(t, peers.Loopback.V6, "/scrape?info_hash="+infoHashOf(t, torrent)), "8:completei1e")
	})
}

// infoHashOf is a torrent's info-hash as it is written in a query.
func infoHashOf(t *testing.T, torrent string) string {
	t.Helper()
	file, err := metafile.Load(torrent)
	if err != nil {
		t.Fatal(err)
	}
	encoded := new(strings.Builder)
	for _, b := range file.InfoHash {
		fmt.Fprintf(encoded, "%%%02x", b)
	}
	return encoded.String()
}

// publication is a file that somebody seeds.
type publication struct {
	dir, name, torrent string
}

// publish makes a release that is announced to tiers of one URL each.
func publish(t *testing.T, name string, urls ...string) publication {
	t.Helper()
	p := publication{dir: t.TempDir(), name: strings.ReplaceAll(name, "/", "-") + ".iso"}
	image := filepath.Join(p.dir, p.name)
	peers.MakeISO(t, image, 2<<20)
	p.torrent = filepath.Join(t.TempDir(), "release.torrent")
	arguments := []string{"create", "-o", p.torrent}
	for _, url := range urls {
		arguments = append(arguments, "-a", url)
	}
	runProgram(t, program, append(arguments, image)...)
	return p
}

// seed has a client seed it until the test ends.
func (p publication) seed(t *testing.T, client peers.Client, job peers.Job) {
	t.Helper()
	job.Torrent, job.Dir = p.torrent, p.dir
	ctx, cancel := context.WithCancel(context.Background())
	var seeding sync.WaitGroup
	seeding.Go(func() {
		if err := client.Seed(ctx, job); err != nil {
			t.Errorf("seed: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		seeding.Wait()
	})
}

// download has a client download it and compares what it got.
func (p publication) download(t *testing.T, client peers.Client, job peers.Job) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	job.Torrent, job.Dir = p.torrent, t.TempDir()
	if err := client.Download(ctx, job); err != nil {
		t.Fatal(err)
	}
	if got, want := sum(t, filepath.Join(job.Dir, p.name)), sum(t, filepath.Join(p.dir, p.name)); got != want {
		t.Errorf("SHA-256 of the download is %x, want %x", got, want)
	}
}

// downloadUntil has a client download it, and ends that once a test has seen enough.
func (p publication) downloadUntil(t *testing.T, client peers.Client, job peers.Job, enough func() bool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	watching.Go(func() {
		for ctx.Err() == nil && !enough() {
			pause(ctx, 20*time.Millisecond)
		}
		cancel()
	})
	job.Torrent, job.Dir = p.torrent, t.TempDir()
	return client.Download(ctx, job)
}
