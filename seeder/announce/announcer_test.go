package announce_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
	"sixseed/seeder/announce/announcetest"
)

func bothFamilies() announce.Config {
	return announce.Config{
		PeerID:    [20]byte([]byte("-SX0001- +&%\x00\xff~/=?.;")),
		UserAgent: "sixseed/test",
		Port:      6881,
		Families:  family.Pair[bool]{V4: true, V6: true},
		Log:       slog.New(slog.DiscardHandler),
	}
}

// run runs the announcer until the returned function is called, which waits for its end.
func run(t *testing.T, a *announce.Announcer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
	}
}

func newAnnouncer(t *testing.T, config announce.Config) *announce.Announcer {
	t.Helper()
	a, err := announce.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func infoHash(n int) (hash [20]byte) {
	binary.BigEndian.PutUint32(hash[:], uint32(n))
	copy(hash[4:], " +%&\x00\xff")
	return hash
}

// allURLs names a tracker by both transports and both families, a tier each.
func allURLs(tracker *announcetest.Tracker) [][]string {
	return [][]string{
		{tracker.URL("http", family.V6)},
		{tracker.URL("http", family.V4)},
		{tracker.URL("udp", family.V6)},
		{tracker.URL("udp", family.V4)},
	}
}

// announcesOf returns a condition: at least n announces of the event.
func announcesOf(event string, n int) func([]announcetest.Announce) bool {
	return func(announces []announcetest.Announce) bool {
		count := 0
		for _, announce := range announces {
			if announce.Event == event {
				count++
			}
		}
		return count >= n
	}
}

func TestNew_RefusesIncompleteConfig(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*announce.Config){
		"no port":           func(c *announce.Config) { c.Port = 0 },
		"no peer id":        func(c *announce.Config) { c.PeerID = [20]byte{} },
		"no address family": func(c *announce.Config) { c.Families = family.Pair[bool]{} },
	} {
		config := bothFamilies()
		spoil(&config)
		if _, err := announce.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAnnouncer_TellsEverythingOverEachFamily(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	config := bothFamilies()
	config.Uploaded = func([20]byte) int64 { return 1 << 40 }
	a := newAnnouncer(t, config)
	a.Add(announce.Torrent{InfoHash: infoHash(1), Tiers: allURLs(tracker)})
	stop := run(t, a)
	announces := tracker.Await("announce of each kind", announcesOf("started", 4))
	stop()

	got := make(map[string]announcetest.Announce)
	keys := make(map[uint32]bool)
	for _, announce := range announces {
		keys[announce.Key] = true
		if announce.Transport == "http" && announce.UserAgent != "sixseed/test" {
			t.Errorf("user agent %q", announce.UserAgent)
		}
		kind := announce.Transport + " " + announce.Family.String()
		announce.Remote, announce.Key, announce.URL, announce.UserAgent = netip.AddrPort{}, 0, "", ""
		got[kind] = announce
	}
	want := make(map[string]announcetest.Announce)
	for _, transport := range []string{"http", "udp"} {
		for _, f := range family.All {
			want[transport+" "+f.String()] = announcetest.Announce{
				Transport: transport, Family: f, InfoHash: infoHash(1),
				PeerID: config.PeerID, Port: 6881, Uploaded: 1 << 40, Event: "started",
			}
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("announces (-want +got):\n%s", diff)
	}
	if len(keys) != 1 || keys[0] {
		t.Errorf("keys %v, want one and the same (BEP 7)", keys)
	}
}

func TestAnnouncer_StopsEverywhereAtTheEnd(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	config := bothFamilies()
	config.StopTimeout = time.Minute // the machine may be slow
	a := newAnnouncer(t, config)
	for i := range 50 {
		a.Add(announce.Torrent{InfoHash: infoHash(i), Tiers: allURLs(tracker)})
	}
	stop := run(t, a)
	tracker.Await("announce of all", announcesOf("started", 200))
	stop()
	if announces := tracker.Announces(); len(announces) != 400 || !announcesOf("stopped", 200)(announces) {
		t.Errorf("%d announces, want 200 of `started` and 200 of `stopped`", len(announces))
	}
}

func TestAnnouncer_EchoesTrackerID(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, func(announcetest.Announce) announcetest.Reply {
		return announcetest.Reply{TrackerID: "id &%"}
	})
	config := bothFamilies()
	config.StopTimeout = time.Minute
	a := newAnnouncer(t, config)
	a.Add(announce.Torrent{InfoHash: infoHash(1), Tiers: [][]string{{tracker.URL("http", family.V6)}}})
	stop := run(t, a)
	tracker.Await("announce", announcesOf("started", 1))
	for a.Counts().V6.HTTP.OK == 0 { // the answer has to arrive, too
		time.Sleep(time.Millisecond)
	}
	stop()
	announces := tracker.Announces()
	if len(announces) != 2 || announces[0].TrackerID != "" || announces[1].TrackerID != "id &%" {
		t.Errorf("announces %+v, want the second one with the tracker's id", announces)
	}
}

func TestAnnouncer_AThousandTorrents(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	a := newAnnouncer(t, bothFamilies())
	defer run(t, a)()
	const torrents = 1000
	for i := range torrents {
		a.Add(announce.Torrent{InfoHash: infoHash(i), Tiers: allURLs(tracker)})
	}
	tracker.Await("announce of all", announcesOf("started", 4*torrents))
	seen := make(map[string]bool)
	for _, announce := range tracker.Announces() {
		seen[fmt.Sprintf("%x %s %s", announce.InfoHash, announce.Transport, announce.Family)] = true
	}
	if len(seen) != 4*torrents {
		t.Errorf("%d torrents, families and transports were announced, want %d", len(seen), 4*torrents)
	}
}

func TestAnnouncer_AddAfterRemove(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	a := newAnnouncer(t, bothFamilies())
	defer run(t, a)()
	torrent := announce.Torrent{InfoHash: infoHash(1), Tiers: allURLs(tracker)}
	a.Add(torrent)
	tracker.Await("announce", announcesOf("started", 4))
	a.Remove(torrent.InfoHash)
	a.Add(torrent)
	announces := tracker.Await("second start", announcesOf("started", 8))

	events := make(map[string]string)
	keys := make(map[uint32]bool)
	for _, announce := range announces {
		events[announce.Transport+announce.Family.String()] += announce.Event + " "
		keys[announce.Key] = true
	}
	for from, order := range events {
		if order != "started stopped started " {
			t.Errorf("%s: %s", from, order)
		}
	}
	if len(keys) != 1 {
		t.Errorf("keys %v: a tracker could not tell that it is the same peer", keys)
	}
}

// leech announces a downloader that listens on port 7000 of both families.
func leech(t *testing.T, tracker *announcetest.Tracker, infoHash [20]byte) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	query := url.Values{"info_hash": {string(infoHash[:])}, "peer_id": {strings.Repeat("l", 20)}, "port": {"7000"}, "left": {"1"}}
	for _, f := range family.All {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tracker.URL("http", f)+"?"+query.Encode(), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
}

func TestAnnouncer_HandsOutPeers(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	var mu sync.Mutex
	found := make(map[netip.AddrPort]bool)
	config := bothFamilies()
	config.Peers = func(hash [20]byte, peers []netip.AddrPort) {
		mu.Lock()
		defer mu.Unlock()
		for _, peer := range peers {
			found[peer] = hash == infoHash(1)
		}
	}
	leech(t, tracker, infoHash(1))
	a := newAnnouncer(t, config)
	a.Add(announce.Torrent{InfoHash: infoHash(1), Tiers: allURLs(tracker)})
	stop := run(t, a)
	tracker.Await("announce whose peers are handed out", func([]announcetest.Announce) bool {
		mu.Lock()
		defer mu.Unlock()
		return len(found) == 2
	})
	stop()

	want := map[netip.AddrPort]bool{netip.MustParseAddrPort("127.0.0.1:7000"): true, netip.MustParseAddrPort("[::1]:7000"): true}
	if diff := cmp.Diff(want, found, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("peers (-want +got):\n%s", diff)
	}
}
