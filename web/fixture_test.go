package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
	"sixseed/storage/ledger"
	"sixseed/web"
)

// source is a web.Source that says what a test put into it.
type source struct {
	mu     sync.Mutex
	status seeder.Status
	peers  []seeder.PeerStatus

	report  ledger.Report
	failure error // of Report

	unhealthy, unready error
	query              ledger.Query // the last one asked
}

var _ web.Source = (*source)(nil)

func (s *source) Status() seeder.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

func (s *source) Peers() []seeder.PeerStatus { return s.peers }

// setStatus changes what Status says from now on.
func (s *source) setStatus(status seeder.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

func (s *source) Report(_ context.Context, query ledger.Query) (ledger.Report, error) {
	s.query = query
	return s.report, s.failure
}

func (s *source) Healthy(context.Context) error { return s.unhealthy }
func (s *source) Ready(context.Context) error   { return s.unready }

// newServer returns a server that shows shown.
func newServer(t *testing.T, shown *source) *web.Server {
	t.Helper()
	server, err := web.New(web.Config{
		Source: shown,
		Log:    slog.New(slog.DiscardHandler),
		Hosts:  []string{"seedbox.example.org"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// noon is the moment of every fixture.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// busy is a mirror with something of everything.
func busy() *source {
	const day = 24 * time.Hour
	return &source{
		status: seeder.Status{
			Version: "0.1.0",
			Started: noon.Add(-3*day - 4*time.Hour),
			At:      noon,
			Families: family.Pair[seeder.FamilyStatus]{
				V6: seeder.FamilyStatus{
					Listening: true, UploadRate: 38_400_000, Connected: 142, Interested: 61, Unchoked: 40, Queue: 9_411, UploadSlots: 60,
					Waiting: 21, LongestWait: 62.4, AtGate: 12, OverDownload: 3,
					Limit: seeder.Unlimited, Available: 41_200_000, Quota: seeder.Unlimited, Forecast: 3_110_000_000_000,
					Accepted: 9_120, Ended: map[string]int64{"left": 8_970, "protocol": 8}, AnnouncesOK: 2_004, AnnouncesBad: 3,
					SinceStart: wire.Traffic{Payload: 1_310_000_000_000, Overhead: 9_800_000_000, Received: 2_100_000_000},
				},
				V4: seeder.FamilyStatus{
					Listening: true, UploadRate: 9_120_000, Connected: 88, Interested: 33, Unchoked: 20, Queue: 2_003, UploadSlots: 20,
					Waiting: 13, LongestWait: 605, AtGate: 8, OverDownload: 1,
					Limit: 12_500_000, Available: 9_150_000, Quota: 630_000_000_000, Forecast: 1_790_000_000_000,
					Reason:   "IPv4 is slowed to 12.5 MB/s: 630 GB of its 2 TB are left for 8 days",
					Accepted: 14_010, Ended: map[string]int64{"left": 13_002, "refused": 920}, AnnouncesOK: 1_990, AnnouncesBad: 12,
					SinceStart: wire.Traffic{Payload: 702_000_000_000, Overhead: 5_400_000_000, Received: 1_900_000_000},
				},
			},
			Upload: seeder.UploadStatus{
				Mode: "auto", Limit: seeder.Unlimited, Floor: 100_000, Slots: 80, State: "IPv6 peers want more",
				Quota: 790_000_000_000, Period: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
			},
			Torrents: []seeder.TorrentStatus{
				torrent(1, "debian-13.2.0-amd64-DVD-1.iso", 3_994_091_520, 61, 12),
				torrent(2, "debian-13.2.0-amd64-netinst.iso", 795_869_184, 44, 30),
				torrent(3, "debian-13.2.0-arm64-netinst.iso", 692_060_160, 0, 0),
				{
					InfoHash: hash(4), Name: "Fedora-Workstation-Live-x86_64-43", Size: 2_742_190_080, State: "broken",
					Problem: "piece 117 of Fedora-Workstation-Live-43-1.6.x86_64.iso (bytes 122683392 to 123731967) has another SHA-1",
				},
				{InfoHash: hash(5), Name: "ubuntu-24.04.3-desktop-amd64.iso", Size: 6_343_219_200, State: "verifying", Checked: 0.42},
				{InfoHash: hash(6), Name: "ubuntu-24.04.3-live-server-amd64.iso", Size: 3_303_444_480, State: "waiting"},
			},
			Trackers: []seeder.TrackerStatus{
				{URL: "http://ipv6.tracker.example.org:6969/announce", Family: family.V6, Torrents: 3, Working: 3},
				{URL: "http://tracker.example.org:6969/announce", Family: family.V4, Torrents: 3, Working: 3},
				{URL: "http://tracker.example.org:6969/announce", Family: family.V6, Torrents: 3, Working: 2, Error: `tracker says "torrent is not on the list"`},
			},
			Library: seeder.LibraryStatus{Seeding: 3, Verifying: 1, Waiting: 1, Broken: 1, Bytes: 5_482_020_864},
			Problems: []seeder.Problem{
				{Subject: "/srv/iso/fedora/<43>.torrent", Text: `tracker "foo://x": unknown scheme`},
				{Subject: "Fedora-Workstation-Live-x86_64-43", Text: "1 of 2616 pieces is damaged"},
			},
			Embedded: embedded(),
			Month: family.Pair[wire.Traffic]{
				V6: wire.Traffic{Payload: 2_820_000_000_000, Overhead: 17_000_000_000},
				V4: wire.Traffic{Payload: 1_360_000_000_000, Overhead: 11_000_000_000},
			},
		},
		peers:  peers(),
		report: year(),
	}
}

// embedded is a tracker that has refused somebody over each transport.
func embedded() *seeder.EmbeddedTracker {
	return &seeder.EmbeddedTracker{
		Swarms: 3, DualStack: 41, Listed: 12, Denied: 1, Probes: map[string]uint64{"proven": 5, "failed": 2, "refused": 0},
		Families: family.Pair[seeder.EmbeddedTrackerFamily]{
			V6: seeder.EmbeddedTrackerFamily{
				Seeders: 12, Leechers: 130,
				HTTP: seeder.TransportStatus{
					Announces: map[string]uint64{"ok": 20_400, "unlisted": 17, "denied": 0},
					Questions: map[string]uint64{"announced": 20_400, "scraped": 300, "refused": 17, "malformed": 2},
				},
				UDP: seeder.TransportStatus{
					Announces: map[string]uint64{"ok": 9_100, "too_many": 3},
					Questions: map[string]uint64{"announced": 9_100, "scraped": 45, "refused": 3, "connected": 9_800, "forged": 8},
				},
			},
			V4: seeder.EmbeddedTrackerFamily{
				Seeders: 9, Leechers: 66,
				HTTP: seeder.TransportStatus{Announces: map[string]uint64{"ok": 8_200}, Questions: map[string]uint64{"announced": 8_200}},
				UDP:  seeder.TransportStatus{Announces: map[string]uint64{"ok": 4_400, "unlisted": 2}, Questions: map[string]uint64{"announced": 4_400}},
			},
		},
	}
}

// peers are two of those that busy has; one of them has a name that tries the reader.
func peers() []seeder.PeerStatus {
	return []seeder.PeerStatus{
		{
			Address: netip.MustParseAddrPort("[2001:db8::7]:51413"), Family: family.V6, Client: "<b>\x1b[31mqBittorrent", Encryption: "plain",
			Incoming: true, Since: noon.Add(-time.Hour), Interested: true, Unchoked: true, Queue: 250, Rate: 9_500_000,
			Traffic: wire.Traffic{Payload: 3_000_000_000, Overhead: 20_000_000, Received: 9_000_000}, Progress: 0.75,
			InfoHash: hash(1), Name: "debian-13.2.0-amd64-DVD-1.iso",
		},
		{Address: netip.MustParseAddrPort("192.0.2.1:6881"), Family: family.V4, Encryption: "rc4", InfoHash: hash(2)},
	}
}

// torrent is one that seeds.
func torrent(n int, name string, size int64, peers6, peers4 int) seeder.TorrentStatus {
	return seeder.TorrentStatus{
		InfoHash: hash(n), Name: name, Size: size, State: "seeding", Checked: 1,
		Peers: family.Pair[int]{V6: peers6, V4: peers4},
		Rate:  family.Pair[int64]{V6: int64(peers6) * 270_000, V4: int64(peers4) * 100_000},
		Total: family.Pair[wire.Traffic]{
			V6: wire.Traffic{Payload: int64(peers6) * 22_000_000_000},
			V4: wire.Traffic{Payload: int64(peers4) * 31_000_000_000},
		},
	}
}

func hash(n int) string { return fmt.Sprintf("%040x", n) }

// year is a report of twelve months in which IPv6 overtakes IPv4; nothing was sent in the third.
func year() ledger.Report {
	report := ledger.Report{Version: 1, Period: ledger.Month, TimeZone: "UTC", BillingDay: 1}
	for i := range 12 {
		start := time.Date(2025, 12+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		row := ledger.Row{Start: start, End: start.AddDate(0, 1, 0), Label: start.Format("2006-01"), Running: i == 11}
		if i != 2 {
			row.V6.Payload = int64(400+220*i) * 1_000_000_000
			row.V4.Payload = int64(2900-140*i) * 1_000_000_000
		}
		row.Total.Payload = row.V6.Payload + row.V4.Payload
		report.Rows = append(report.Rows, row)
	}
	return report
}
