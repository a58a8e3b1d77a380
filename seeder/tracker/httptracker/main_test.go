package httptracker_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/e2e/contest"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

func TestMain(m *testing.M) {
	if contest.IsChild(openChild) {
		return
	}
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// openChild opens the server of the tracker that BenchmarkWrk compares.
func openChild(ctx context.Context, front *tracker.Tracker, listen netip.AddrPort) (contest.Server, error) {
	return httptracker.Open(ctx, httptracker.Config{Listen: []netip.AddrPort{listen}}, front)
}

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

var _ httptracker.Tracker = (*trackertest.Tracker)(nil)

var clients, anyPort = trackertest.Clients, trackertest.AnyPort

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
