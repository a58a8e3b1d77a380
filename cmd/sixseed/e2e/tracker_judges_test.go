package e2e_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
)

// way is how clients reach the tracker.
type way struct {
	transport string
	family    family.Family
}

var ways = []way{{"http", family.V6}, {"http", family.V4}, {"udp", family.V6}, {"udp", family.V4}}

func (w way) String() string { return w.transport + "/" + w.family.String() }

// clients are those that announce in that way. Debian's builds of all but libtorrent know UDP trackers over IPv4 only.
func (w way) clients(t *testing.T) (clients []peers.Client) {
	t.Helper()
	for _, client := range peers.Clients() {
		if w == (way{"udp", family.V6}) && client.Name() != "libtorrent" {
			continue
		}
		peers.Need(t, client.Program())
		clients = append(clients, client)
	}
	return clients
}

// job is that of a client on a host, which announces in that way and no other.
func (w way) job(host family.Pair[netip.Addr]) peers.Job {
	return peers.Job{Bind: host.Get(w.family), UDP: w.transport == "udp"}
}

// TestTracker_ClientsFindEachOther has each client seed for another. They know of nothing but the tracker.
func TestTracker_ClientsFindEachOther(t *testing.T) {
	t.Parallel()
	hosts := peers.Hosts(t)
	for _, way := range ways {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			clients, tracker := way.clients(t), startJudgedTracker(t)
			t.Run("Pairs", func(t *testing.T) { // returns when all of its parallel subtests have
				for i, leecher := range clients {
					seeder := clients[(i+1)%len(clients)]
					t.Run(seeder.Name()+"-"+leecher.Name(), func(t *testing.T) {
						t.Parallel()
						p := publish(t, t.Name(), tracker.url(way.transport, hosts[0].Get(way.family)))
						p.seed(t, seeder, way.job(hosts[0]))
						tracker.awaitSeed(t, p.torrent)
						p.download(t, leecher, way.job(hosts[1]))
					})
				}
			})
			tracker.checkWay(t, way, len(clients))
		})
	}
}

// checkWay holds the tracker's figures to what has happened: so many seeds and leechers announced in one way, in no other,
// and none was refused.
func (j judgedTracker) checkWay(t *testing.T, w way, pairs int) {
	t.Helper()
	stats := j.stats(t)
	for _, other := range ways {
		got := stats.Announces[other.transport].Get(other.family)
		if least := 2 * pairs; other == w && got < least {
			t.Errorf("%d announces over %v, want at least %d", got, other, least)
		} else if other != w && got > 0 {
			t.Errorf("%d announces over %v", got, other)
		}
	}
	for reason, times := range stats.Refused {
		if times != (family.Pair[int]{}) {
			t.Errorf("refused as %s: %+v", reason, times)
		}
	}
}

// TestTracker_DualStackSeedIsFound has a client seed over both families for leechers that have one.
func TestTracker_DualStackSeedIsFound(t *testing.T) {
	t.Parallel()
	hosts := peers.Hosts(t)
	for _, way := range ways {
		for _, leecher := range way.clients(t) {
			t.Run(way.String()+"/"+leecher.Name(), func(t *testing.T) {
				t.Parallel()
				tracker := startJudgedTracker(t)
				p := tracker.publishDualStack(t, way.transport, hosts[0])
				p.download(t, leecher, way.job(hosts[1]))
			})
		}
	}
}

// publishDualStack makes a release that libtorrent seeds over both families, and returns when the tracker knows that.
func (j judgedTracker) publishDualStack(t *testing.T, transport string, host family.Pair[netip.Addr]) publication {
	t.Helper()
	p := publish(t, t.Name(), j.url(transport, host.V4), j.url(transport, host.V6))
	p.seed(t, clientNamed(t, "libtorrent"), dualStack(host))
	j.await(t, "client of both families", func() bool { return j.stats(t).DualStack == 1 })
	return p
}

// dualStack is the job of a client that has both families.
func dualStack(host family.Pair[netip.Addr]) peers.Job {
	return peers.Job{Bind: host.V4, And: host.V6}
}

// TestTracker_DualStackPairMeetsOverIPv6 has two clients that have both families find each other. The leecher is told of
// the seed's IPv6 address first, and connects to it.
func TestTracker_DualStackPairMeetsOverIPv6(t *testing.T) {
	t.Parallel()
	hosts := peers.Hosts(t)
	for _, transport := range []string{"http", "udp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			tracker, output := startJudgedTracker(t), new(journal)
			p := tracker.publishDualStack(t, transport, hosts[0])
			tracker.checkFirstPeer(t, p.torrent, hosts[0].V6)

			job := dualStack(hosts[1])
			job.Output, job.Limit = output, 64<<10 // over before there are two connections, it would say nothing
			seed := "peer [ [" + hosts[0].V6.String() + "]:"
			met := func() bool { return strings.Contains(output.String(), seed) }
			if err := p.downloadUntil(t, clientNamed(t, "libtorrent"), job, met); !met() {
				t.Errorf("no connection over IPv6, the download ended with %v:\n%s", err, output)
			}
		})
	}
}

// checkFirstPeer asks for one peer, and holds it to be at an IPv6 address.
func (j judgedTracker) checkFirstPeer(t *testing.T, torrent string, want netip.Addr) {
	t.Helper()
	const query = "&peer_id=-XX0001-abcdefghijkl&port=6881&left=1&numwant=1"
	text := j.ask(t, want, "/announce?info_hash="+infoHashOf(t, torrent)+query)
	j.ask(t, want, "/announce?info_hash="+infoHashOf(t, torrent)+query+"&event=stopped")
	var answer struct {
		Peers  string `bencode:"peers"`
		Peers6 string `bencode:"peers6"`
	}
	if err := bencode.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("answered with %q: %v", text, err)
	}
	if len(answer.Peers) > 0 || len(answer.Peers6) != 18 || answer.Peers6[:16] != string(want.AsSlice()) {
		t.Errorf("told of %x over IPv4 and %x over IPv6, want one at %v", answer.Peers, answer.Peers6, want)
	}
}
