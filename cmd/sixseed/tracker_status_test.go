package main

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/udptracker"
)

func TestTrackerStatus(t *testing.T) {
	t.Parallel()
	stats := tracker.Stats{
		HTTP: family.Pair[uint64]{V6: 100, V4: 10}, UDP: family.Pair[uint64]{V6: 7},
		Swarms: swarm.Totals{Swarms: 3, DualStack: 2, Peers: family.Pair[swarm.Roles]{V6: swarm.Roles{Seeders: 4, Leechers: 5}}},
		Listed: 12, Denied: 1, Probes: tracker.Probes{Proven: 1, Failed: 2, Refused: 3},
	}
	stats.Refused.V6[tracker.Unlisted], stats.RefusedUDP.V6[tracker.Unlisted] = 9, 4
	stats.Refused.V6[tracker.Crowded] = 20
	var http family.Pair[httptracker.Counts]
	http.V6[httptracker.Scraped] = 6
	var udp family.Pair[udptracker.Counts]
	udp.V4[udptracker.Scraped], udp.V4[udptracker.Forged] = 8, 1

	got := trackerStatus(stats, http, udp)
	if got.Swarms != 3 || got.DualStack != 2 || got.Listed != 12 || got.Denied != 1 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(map[string]uint64{"proven": 1, "failed": 2, "refused": 3}, got.Probes); diff != "" {
		t.Errorf("probes (-want +got):\n%s", diff)
	}
	v6, v4 := got.Families.V6, got.Families.V4
	if v6.Seeders != 4 || v6.Leechers != 5 || v4.Seeders != 0 {
		t.Errorf("peers: %+v, %+v", v6, v4)
	}
	for name, test := range map[string]struct {
		counts map[string]uint64
		result string
		want   uint64
	}{
		"HTTPWithoutTheCrowded": {v6.HTTP.Announces, seeder.AnnounceOK, 80},
		"HTTPCrowded":           {v6.HTTP.Announces, "crowded", 20},
		"HTTPRefused":           {v6.HTTP.Announces, "unlisted", 5},
		"UDP":                   {v6.UDP.Announces, seeder.AnnounceOK, 7},
		"UDPRefused":            {v6.UDP.Announces, "unlisted", 4},
		"OtherFamily":           {v4.HTTP.Announces, seeder.AnnounceOK, 10},
		"Forged":                {v4.UDP.Questions, "forged", 1},
	} {
		if got, ok := test.counts[test.result]; !ok || got != test.want {
			t.Errorf("%s: %d, %v; want %d", name, got, ok, test.want)
		}
	}
	if v6.HTTP.Scrapes() != 6 || v4.UDP.Scrapes() != 8 || v6.UDP.Scrapes() != 0 {
		t.Errorf("scrapes: %+v, %+v", v6, v4)
	}
}

func TestWithFaults(t *testing.T) {
	t.Parallel()
	got := withFaults([]seeder.Problem{{Subject: "/srv/a.iso", Text: "is gone"}, {Subject: "ledger", Text: "is full"}}, []tracker.ListFault{
		{Path: "/srv/list", Err: errors.Join(errors.New("line 2: bad"), errors.New("line 5: bad"))},
		{Path: "/etc/deny", Err: fs.ErrNotExist},
	})
	want := []seeder.Problem{
		{Subject: "/etc/deny", Text: "stays as it was: file does not exist"},
		{Subject: "/srv/a.iso", Text: "is gone"},
		{Subject: "/srv/list", Text: "stays as it was: line 2: bad; line 5: bad"},
		{Subject: "ledger", Text: "is full"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestEmbeddedTracker_AddToWithoutATracker(t *testing.T) {
	t.Parallel()
	var none *embeddedTracker
	var status seeder.Status
	none.addTo(&status)
	if status.Embedded != nil || status.Problems != nil {
		t.Errorf("got %+v, %v", status.Embedded, status.Problems)
	}
}
