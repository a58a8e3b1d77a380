package httptracker_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		fmt.Fprintln(os.Stderr, "tracker:", runChild(address)) // it does not end by itself
		return
	}
	flag.Parse()
	goleak.VerifyTestMain(m)
}

var (
	noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

	// clients are where questions come from.
	clients = family.Pair[netip.AddrPort]{
		V4: netip.MustParseAddrPort("192.0.2.7:5000"),
		V6: netip.MustParseAddrPort("[2001:db8::7]:5000"),
	}
)

// fakeTracker notes what it is asked and answers what it is told to.
type fakeTracker struct {
	mu        sync.Mutex
	announces []swarm.Announce
	claims    []netip.AddrPort

	counts swarm.Counts
	peers  int // in every answer, of both families
	proven bool
	err    error // to announces
	claim  error // to claims
	stats  tracker.Stats
}

var _ httptracker.Tracker = (*fakeTracker)(nil)

func (f *fakeTracker) Announce(_ time.Time, a *swarm.Announce, out *swarm.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.announces = append(f.announces[:0], *a)
	out.Seeders, out.Leechers, out.Downloaded = f.counts.Seeders, f.counts.Leechers, f.counts.Downloaded
	out.Proven = f.proven
	for i := range f.peers {
		out.Peers4 = append(out.Peers4, 198, 51, 100, byte(i), 0x1a, 0xe1)
		out.Peers6 = append(out.Peers6, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(i), 0x1a, 0xe1)
	}
	return f.err
}

func (f *fakeTracker) Claim(_ time.Time, _ *swarm.Announce, claimed netip.AddrPort) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.claims = append(f.claims, claimed)
	return f.claim
}

// Scrape knows the info-hashes that do not begin with a z.
func (f *fakeTracker) Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool) {
	return f.counts, infoHash[0] != 'z'
}

func (f *fakeTracker) Interval() time.Duration    { return 30 * time.Minute }
func (f *fakeTracker) MinInterval() time.Duration { return 15 * time.Minute }
func (f *fakeTracker) Stats() tracker.Stats       { return f.stats }

// Tag returns the key, and minds that the peer id is the one of the test's questions.
func (f *fakeTracker) Tag(peerID [20]byte, key uint32) swarm.Tag {
	if string(peerID[:]) != "-XX0001-abcdefghijkl" {
		return 0
	}
	return swarm.Tag(key)
}

// last returns the announce that was noted.
func (f *fakeTracker) last(t testing.TB) swarm.Announce {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.announces) == 0 {
		t.Fatal("the tracker was not asked")
	}
	return f.announces[0]
}

// open opens a server without listeners.
func open(t testing.TB, config httptracker.Config, tracker httptracker.Tracker) *httptracker.Server {
	t.Helper()
	config.Now = func() time.Time { return noon }
	server, err := httptracker.Open(t.Context(), config, tracker)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// run runs a server that was opened, until the test ends.
func run(t testing.TB, server tracker.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// ask has a client ask a server, with more headers, each "Name: value".
func ask(server *httptracker.Server, client netip.AddrPort, target string, header ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, target, http.NoBody)
	request.RemoteAddr = client.String()
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	recorder := httptest.NewRecorder()
	server.Handler().ServeHTTP(recorder, request)
	return recorder
}

// announceQuery is one that can be answered.
const announceQuery = "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-XX0001-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3"

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); -update writes it\n%s", path, diff)
	}
}
