package seeder_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

func TestService_Peers(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	crowd := newCrowd()
	service, err := seeder.New(t.Context(), seeder.Config{
		Swarm: crowd, Gate: bandwidth.New(bandwidth.None()), Recorder: &books{}, Accounts: wire.NewAccounts(),
		Now: func() time.Time { return now }, Log: discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := service.Peers(); got == nil || len(got) != 0 {
		t.Errorf("without peers: %#v", got)
	}
	idle4, slow4, fast4 := crowd.join(1, family.V4), crowd.join(2, family.V4), crowd.join(3, family.V4)
	idle6, slow6 := crowd.join(5, family.V6), crowd.join(4, family.V6)
	slow6.send(1_000_000) // before the first sample
	for range 6 {
		service.Sample()
		now = now.Add(time.Second)
		slow4.send(20)
		fast4.send(3000)
		slow6.send(1)
	}
	late := crowd.join(0, family.V4)
	late.send(100) // and no sample has seen it

	var got []string
	for _, peer := range service.Peers() {
		got = append(got, fmt.Sprintf("%v %v %d B/s, %d B", peer.Family, peer.Address.Addr(), peer.Rate, peer.Payload))
	}
	want := []string{
		"ipv6 2001:db8::4 1 B/s, 1000006 B",
		"ipv6 2001:db8::5 0 B/s, 0 B",
		"ipv4 192.0.2.3 3000 B/s, 18000 B",
		"ipv4 192.0.2.2 20 B/s, 120 B",
		"ipv4 192.0.2.0 0 B/s, 100 B",
		"ipv4 192.0.2.1 0 B/s, 0 B",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the peers differ (-want +got)\n%s", diff)
	}

	for _, gone := range []*guest{idle4, slow4, fast4, idle6, late} {
		crowd.leave(gone)
	}
	for range 20 {
		service.Sample()
		now = now.Add(time.Second)
	}
	if got := service.Peers(); len(got) != 1 || got[0].Rate != 0 {
		t.Errorf("twenty quiet seconds later: %+v", got)
	}
	if got := service.Sampled(); got != 1 {
		t.Errorf("the counters of %d peers are kept, want 1", got)
	}
}

func TestService_PeersSayEverything(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	crowd := newCrowd()
	l.swarm = crowd
	l.run(t)
	infoHash := l.seed(t, "debian.iso")
	if err := l.stop(); err != nil { // nobody looks at the peers any more, and changes who is last
		t.Fatal(err)
	}
	since := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	crowd.join(7, family.V6).set(func(s *wire.PeerStatus) {
		*s = wire.PeerStatus{
			InfoHash: infoHash, Family: family.V6, Address: netip.MustParseAddrPort("[2001:db8::7]:51413"), Incoming: true,
			Client: "a <client>", Encryption: "rc4", Since: since, Interested: true, Unchoked: true, Last: true, Queue: 5,
			Traffic: wire.Traffic{Payload: 1, Overhead: 2, Received: 3}, Progress: 0.5,
		}
	})
	peers := l.Peers()
	if len(peers) != 1 {
		t.Fatalf("%d peers, want 1", len(peers))
	}
	text, err := json.Marshal(peers[0])
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"address": "[2001:db8::7]:51413", "family": "ipv6", "client": "a <client>", "encryption": "rc4", "incoming": true,
		"since": "2026-11-22T12:00:00Z", "interested": true, "unchoked": true, "over_downloaded": true, "queue": 5.0,
		"upload_bytes_per_second": 0.0,
		"payload":                 1.0, "overhead": 2.0, "received": 3.0, "progress": 0.5,
		"info_hash": fmt.Sprintf("%x", infoHash), "name": "debian.iso",
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the JSON differs (-want +got)\n%s", diff)
	}
}

func TestService_StatusCountsPeers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	crowd := newCrowd()
	crowd.ended = map[wire.Reason]family.Pair[int64]{wire.ReasonLeft: {V6: 6, V4: 4}, wire.ReasonFlood: {V4: 1}}
	l.swarm = crowd
	for n, peer := range []wire.PeerStatus{
		{Family: family.V6, Interested: true, Unchoked: true, Queue: 200, AtGate: true},
		{Family: family.V6, Interested: true, Unchoked: true, Queue: 50},
		{Family: family.V6, Interested: true},
		{Family: family.V4, Interested: true},
		{Family: family.V4},
	} {
		crowd.join(n, peer.Family).set(func(s *wire.PeerStatus) { *s = peer })
	}
	l.slots = 2
	l.now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	l.run(t)
	eventually(t, "a round is over", func() bool { return l.Status().Families.V4.UploadSlots == 2 })
	if err := l.stop(); err != nil { // nobody looks at the peers any more, and changes who is last
		t.Fatal(err)
	}
	crowd.guest(4).PutLast(true)

	status := l.Status()
	want := family.Pair[seeder.FamilyStatus]{
		V6: seeder.FamilyStatus{
			Listening: true, Interested: 3, Unchoked: 2, Queue: 250, UploadSlots: 2, Waiting: 1, AtGate: 1, Accepted: 2,
			Limit: seeder.Unlimited, Available: seeder.Unlimited, Quota: seeder.Unlimited,
			Ended: map[string]int64{"left": 6, "flood": 0},
		},
		V4: seeder.FamilyStatus{
			Interested: 1, UploadSlots: 2, Waiting: 1, OverDownload: 1, Accepted: 1,
			Limit: seeder.Unlimited, Available: seeder.Unlimited, Quota: seeder.Unlimited,
			Ended: map[string]int64{"left": 4, "flood": 1},
		},
	}
	if diff := cmp.Diff(want, status.Families); diff != "" {
		t.Errorf("the families differ (-want +got)\n%s", diff)
	}
	if status.Peers != nil {
		t.Error("nobody asked for the peers, and they are there")
	}
}

func TestService_GivesSlots(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	crowd := newCrowd()
	l.swarm = crowd
	crowd.join(1, family.V4).interest(true)
	crowd.join(2, family.V6).interest(true)
	l.run(t)
	l.SetSlots(1)
	eventually(t, "the IPv6 peer is served", func() bool { return cmp.Equal(crowd.holders(), []uint64{2}) })
	l.SetSlots(0)
	eventually(t, "both are served", func() bool { return cmp.Equal(crowd.holders(), []uint64{1, 2}) })
}
