package swarm_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// model is a store of one swarm written down as plainly as can be: what Store must not differ from.
type model struct {
	peers      map[netip.AddrPort]*modelPeer
	downloaded uint32
	lifetime   swarm.Minute
}

type modelPeer struct {
	tag   swarm.Tag
	role  int // 0 leecher, 1 partial seed, 2 seeder
	done  bool
	heard swarm.Minute
}

func (m *model) announce(now swarm.Minute, a swarm.Announce) {
	if a.Event == swarm.Stopped {
		delete(m.peers, a.Peer)
		return
	}
	p := &modelPeer{tag: a.Tag, heard: now}
	if a.Seed {
		p.role = 2
	} else if a.Event == swarm.Paused {
		p.role = 1
	}
	if before := m.peers[a.Peer]; before != nil {
		p.done = before.done
	}
	m.peers[a.Peer] = p
	if a.Event == swarm.Completed && !p.done {
		p.done = true
		if !slices.ContainsFunc(m.of(a.Tag), func(other *modelPeer) bool { return other != p && other.done }) {
			m.downloaded++
		}
	}
}

func (m *model) of(tag swarm.Tag) (found []*modelPeer) {
	for _, p := range m.peers {
		if p.tag == tag {
			found = append(found, p)
		}
	}
	return found
}

func (m *model) expire(now swarm.Minute) {
	for at, p := range m.peers {
		if now-p.heard >= m.lifetime {
			delete(m.peers, at)
		}
	}
}

func (m *model) counts() swarm.Counts {
	people := map[swarm.Tag]int{}
	for _, p := range m.peers {
		people[p.tag] = max(people[p.tag], p.role)
	}
	counts := swarm.Counts{Downloaded: m.downloaded}
	for _, role := range people {
		switch role {
		case 2:
			counts.Seeders++
		case 0:
			counts.Downloaders++
			fallthrough
		default:
			counts.Leechers++
		}
	}
	return counts
}

func (m *model) totals() swarm.Totals {
	var totals swarm.Totals
	families := map[swarm.Tag]family.Pair[bool]{}
	for at, p := range m.peers {
		f := family.V6
		if at.Addr().Is4() {
			f = family.V4
		}
		if p.role == 2 {
			totals.Peers.At(f).Seeders++
		} else {
			totals.Peers.At(f).Leechers++
		}
		seen := families[p.tag]
		*seen.At(f) = true
		families[p.tag] = seen
	}
	for _, seen := range families {
		if seen.V4 && seen.V6 {
			totals.DualStack++
		}
	}
	if len(m.peers) > 0 {
		totals.Swarms = 1
	}
	return totals
}

// Every client has few enough addresses and tags for a store to keep them apart; swarms grow beyond the size from which
// on they have an index, and shrink again.
func TestStore_CountsAsTheModelDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clients := rapid.SampledFrom([]int{3, 12, 150}).Draw(t, "clients")
		const lifetime = 60
		s := swarm.New(swarm.Config{Lifetime: lifetime, Share: everything, Shards: 1})
		m := &model{peers: map[netip.AddrPort]*modelPeer{}, lifetime: lifetime}
		now := swarm.Minute(rapid.IntRange(0, 10_000).Draw(t, "now"))
		steps := rapid.IntRange(1, 4*clients).Draw(t, "steps")
		for range steps {
			if rapid.IntRange(0, 19).Draw(t, "sweep") == 0 {
				now += swarm.Minute(rapid.IntRange(0, 45).Draw(t, "later"))
				m.expire(now)
				s.Sweep(now, 0)
			}
			a := drawAnnounce(t, clients)
			m.announce(now, a)
			var answer swarm.Answer
			s.Announce(now, &a, &answer)
			checkAgainst(t, s, m)
			checkPeers(t, m, a, answer)
		}
		m.expire(now + lifetime)
		s.Sweep(now+lifetime, 0)
		checkAgainst(t, s, m)
	})
}

func drawAnnounce(t *rapid.T, clients int) swarm.Announce {
	client := rapid.IntRange(1, clients).Draw(t, "client")
	a := swarm.Announce{
		InfoHash:     swarm.InfoHash{1},
		Tag:          swarm.Tag(client) * 0x9e3779b1,
		Event:        swarm.Event(rapid.IntRange(0, 4).Draw(t, "event")),
		Seed:         rapid.Bool().Draw(t, "seed"),
		NumWant:      50,
		BothFamilies: true,
	}
	address := fmt.Sprintf("2001:db8:%x::1", client)
	if rapid.Bool().Draw(t, "v4") {
		address = fmt.Sprintf("192.0.%d.%d", client>>8, client&255)
	}
	a.Peer = netip.AddrPortFrom(netip.MustParseAddr(address), uint16(6881+rapid.IntRange(0, 1).Draw(t, "port")))
	if rapid.IntRange(0, 9).Draw(t, "restarted") == 0 {
		a.Tag++
	}
	return a
}

func checkAgainst(t *rapid.T, s *swarm.Store, m *model) {
	counts, _ := s.Scrape(swarm.InfoHash{1})
	if diff := cmp.Diff(m.counts(), counts); diff != "" {
		t.Fatalf("counts (-model +store):\n%s", diff)
	}
	if diff := cmp.Diff(m.totals(), s.Totals()); diff != "" {
		t.Fatalf("totals (-model +store):\n%s", diff)
	}
}

// checkPeers checks that a client is told of all that it has use for and of nobody else: it asks for everything.
func checkPeers(t *rapid.T, m *model, a swarm.Announce, answer swarm.Answer) {
	want := map[netip.AddrPort]bool{}
	for at, p := range m.peers {
		takes := !a.Seed && a.Event != swarm.Paused || p.role == 0
		if p.tag != a.Tag && takes && a.Event != swarm.Stopped {
			want[at] = true
		}
	}
	got := map[netip.AddrPort]bool{}
	for _, at := range slices.Concat(peersOf(answer.Peers6, 16), peersOf(answer.Peers4, 4)) {
		if got[at] {
			t.Fatalf("told of %v twice", at)
		}
		got[at] = true
	}
	if len(want) <= 256 && len(got) < len(want) || len(got) > len(want) {
		t.Fatalf("told of %v, want %v", got, want)
	}
	for at := range got {
		if !want[at] {
			t.Fatalf("%+v was told of %v", a, at)
		}
	}
}
