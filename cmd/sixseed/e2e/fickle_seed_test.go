package e2e_test

import (
	"log/slog"
	"math/bits"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// fickleSeed is an engine in the test's own process. Its peers get an upload slot and lose it again all the time.
type fickleSeed struct {
	t        *testing.T
	engine   *engine.Engine
	endpoint *wire.Endpoint
	port     uint16

	mu         sync.Mutex
	treatments map[wire.InfoHash]*treatment
}

// treatment is what the peers of a torrent may expect.
type treatment struct {
	quota       int64         // the most that a peer gets between two chokes, in bytes
	allowedFast int64         // and while it is choked, for as long as it stays: pieces allowed fast
	rest        time.Duration // how long it is choked at least
	chokes      int           // so far, of peers that were getting something
}

const (
	fickleID    = "-6S0000-fickle seed " // its peer id
	ficklePiece = 64 << 10               // bytes of a piece: those allowed fast are to be a small part
)

func newFickleSeed(t *testing.T) *fickleSeed {
	t.Helper()
	s := &fickleSeed{t: t, port: peers.FreePort(t), treatments: make(map[wire.InfoHash]*treatment)}
	printed := new(journal)
	log := slog.New(slog.NewTextHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug}))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed's log:\n%s", printed)
		}
	})
	var err error
	s.engine, err = engine.New(engine.Config{
		PeerID: [20]byte([]byte(fickleID)), ClientName: "sixseed/test", Log: log,
		Changed: func(infoHash wire.InfoHash) { t.Errorf("the data of %x have changed", infoHash) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.endpoint = wire.NewEndpoint(wire.Config{
		Torrents: s.engine, Accounts: wire.NewAccounts(), Settings: wire.Settings{MaxConnections: 100}, Gate: pace{},
		Now: time.Now, Log: log,
	})
	s.listen()
	return s
}

// pace is a gate that lets every connection have a block each few milliseconds, so that a choke comes in the middle of
// something.
type pace struct{}

// Join implements wire.Gate.
func (p pace) Join(family.Family, netip.Addr) wire.Share { return p }

// Take implements wire.Share.
func (pace) Take(interrupt <-chan struct{}, wanted int64) int64 {
	select {
	case <-interrupt:
		return 0
	case <-time.After(10 * time.Millisecond):
		return min(wanted, blockLength)
	}
}

// Return implements wire.Share.
func (pace) Return(int64) {}

// Put implements wire.Share.
func (pace) Put(bool) {}

// Leave implements wire.Share.
func (pace) Leave() {}

// listen opens the seed's port on both families. The seed is closed at the end of the test.
func (s *fickleSeed) listen() {
	s.t.Helper()
	s.t.Cleanup(func() {
		if err := s.engine.Close(); err != nil {
			s.t.Error(err)
		}
		s.endpoint.Wait()
	})
	var listeners []*wire.Listener
	for _, f := range family.All {
		listener, err := s.endpoint.Listen(s.t.Context(), f, s.port)
		if err != nil {
			s.t.Fatal(err)
		}
		listeners = append(listeners, listener)
	}
	s.engine.Connect(listeners, nil)
}

// seed makes a torrent of the file at path, announces it to the trackers of tiers and seeds it with a treatment. It
// returns the path of the .torrent.
func (s *fickleSeed) seed(t *testing.T, path string, treatment *treatment, tiers [][]string) string {
	t.Helper()
	arguments := []string{"create", "-l", strconv.Itoa(bits.Len(ficklePiece - 1)), "-o", path + ".torrent"}
	for _, tier := range tiers {
		arguments = append(arguments, "-a", tier[0])
	}
	runProgram(t, program, append(arguments, path)...)
	torrent, err := metafile.Load(path + ".torrent")
	if err != nil {
		t.Fatal(err)
	}
	layout, err := content.NewLayout([]content.File{{Path: path, Length: torrent.Length()}}, torrent.PieceLength)
	if err != nil {
		t.Fatal(err)
	}
	stamps, err := layout.Stamps()
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.treatments[torrent.InfoHash] = treatment
	s.mu.Unlock()
	err = s.engine.Add(engine.Torrent{
		InfoHash: torrent.InfoHash,
		Info:     func() ([]byte, error) { return torrent.InfoBytes, nil },
		Data:     content.Open(layout, stamps, content.NewPool(10)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tier := range tiers {
		s.announce(t, tier[0], torrent.InfoHash)
	}
	return torrent.Path
}

// announce tells a tracker of the seed.
func (s *fickleSeed) announce(t *testing.T, tracker string, infoHash wire.InfoHash) {
	t.Helper()
	query := url.Values{
		"info_hash": {string(infoHash[:])}, "peer_id": {fickleID}, "port": {strconv.Itoa(int(s.port))},
		"left": {"0"}, "event": {"started"}, "compact": {"1"},
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tracker+"?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("announce to %s: %s", tracker, response.Status)
	}
}
