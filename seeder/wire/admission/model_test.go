package admission_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// addresses are few enough to meet again and cover the blocks that are limited.
var addresses = []string{
	"192.0.2.1", "192.0.2.2", "::ffff:192.0.2.2", "64:ff9b::192.0.2.1",
	"2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:1::1", "::1",
}

// entry is a connection in the model. Its torrent is nil until it entered.
type entry struct {
	conn    *peer
	origin  admission.Origin
	torrent *admission.InfoHash
}

// model is a door that knows nothing but the list of its connections, in order of arrival (peers: of entering), and
// looks through all of it each time.
type model struct {
	limits  admission.Limits
	entries []entry
	counts  family.Pair[admission.Counts]
}

func (m *model) count(match func(entry) bool) int {
	n := 0
	for _, e := range m.entries {
		if match(e) {
			n++
		}
	}
	return n
}

func isPeer(e entry) bool     { return e.torrent != nil }
func isStranger(e entry) bool { return e.torrent == nil && !e.origin.Dialled }
func isV4(e entry) bool       { return e.origin.Family == family.V4 }

// together reports whether two addresses share a host, and whether they share a /48.
func together(a, b netip.Addr) (host, site bool) {
	a, b = modelled(a), modelled(b)
	if a.Is4() || b.Is4() {
		return a == b, false
	}
	x, y := a.As16(), b.As16()
	return [8]byte(x[:8]) == [8]byte(y[:8]), [6]byte(x[:6]) == [6]byte(y[:6])
}

func modelled(a netip.Addr) netip.Addr {
	b := a.As16()
	if a.Is4In6() || a.Is6() && [4]byte(b[:4]) == [4]byte{0, 0x64, 0xff, 0x9b} {
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

// near counts the connections that share a host with addr, and those that share a /48.
func (m *model) near(addr netip.Addr, match func(entry) bool) (host, site int) {
	for _, e := range m.entries {
		sameHost, sameSite := together(e.origin.Addr, addr)
		if sameHost && match(e) {
			host++
		}
		if sameSite && match(e) {
			site++
		}
	}
	return host, site
}

func (m *model) knock(conn *peer, origin admission.Origin) (evicted *peer, err error) {
	counts := m.counts.At(origin.Family)
	host, site := m.near(origin.Addr, func(entry) bool { return true })
	isRival := func(e entry) bool { return isPeer(e) && isV4(e) && origin.Family == family.V6 }
	switch {
	case m.limits.PerAddress > 0 && (host >= m.limits.PerAddress || site >= 4*m.limits.PerAddress):
		counts.RefusedAddress++
		return nil, admission.ErrAddress
	case m.limits.Connections > 0 && m.count(isPeer) >= m.limits.Connections && m.count(isRival) == 0:
		counts.RefusedFull++
		return nil, admission.ErrFull
	}
	isOne := func(e entry) bool { return isStranger(e) && e.origin.Family == origin.Family }
	if !origin.Dialled && m.limits.Strangers > 0 && m.count(isOne) >= m.limits.Strangers {
		evicted = m.remove(m.best(isOne, func(e entry) int {
			host, site := m.near(e.origin.Addr, isStranger)
			return max(host, site/4)
		}))
		counts.EvictedStrangers++
	}
	m.entries = append(m.entries, entry{conn: conn, origin: origin})
	return evicted, nil
}

func (m *model) enter(at int, infoHash admission.InfoHash) (evicted *peer, err error) {
	e := m.entries[at]
	counts := m.counts.At(e.origin.Family)
	m.remove(at)
	inTorrent := func(e entry) bool { return isPeer(e) && *e.torrent == infoHash }
	refused, among := &counts.RefusedFull, isPeer
	switch {
	case m.limits.PerTorrent > 0 && m.count(inTorrent) >= m.limits.PerTorrent:
		refused, among, err = &counts.RefusedTorrentFull, inTorrent, admission.ErrTorrentFull
	case m.limits.Connections > 0 && m.count(isPeer) >= m.limits.Connections:
		err = admission.ErrFull
	}
	if err != nil {
		isRival := func(other entry) bool { return among(other) && isV4(other) && !isV4(e) }
		if m.count(isRival) == 0 {
			*refused++
			return nil, err
		}
		m.counts.V4.EvictedPeers++
		evicted = m.remove(m.best(isRival, func(e entry) int {
			return -map[[2]bool]int{{false, true}: 1, {true, false}: 2, {true, true}: 3}[[2]bool{e.conn.unchoked, e.conn.interested}]
		}))
	}
	e.torrent = &infoHash
	m.entries = append(m.entries, e)
	return evicted, nil
}

// best is the place of the first of the highest rank.
func (m *model) best(match func(entry) bool, rank func(entry) int) int {
	best := -1
	for i, e := range m.entries {
		if match(e) && (best < 0 || rank(e) > rank(m.entries[best])) {
			best = i
		}
	}
	return best
}

func (m *model) remove(at int) *peer {
	conn := m.entries[at].conn
	m.entries = slices.Delete(m.entries, at, at+1)
	return conn
}

// standing are the counts as they have to be.
func (m *model) standing() family.Pair[admission.Counts] {
	counts := m.counts
	for _, e := range m.entries {
		c := counts.At(e.origin.Family)
		switch {
		case isPeer(e):
			c.Peers++
		case isStranger(e):
			c.Strangers++
		default:
			c.Dialled++
		}
	}
	return counts
}

// books are what a door may remember of the model's connections.
func (m *model) books() admission.Books {
	blocks, torrents := make(map[netip.Prefix]bool), make(map[admission.InfoHash]bool)
	books := admission.Books{Guests: len(m.entries)}
	for _, e := range m.entries {
		addr := modelled(e.origin.Addr)
		around := []netip.Prefix{netip.PrefixFrom(addr, 64).Masked(), netip.PrefixFrom(addr, 48).Masked()}
		if addr.Is4() {
			around = []netip.Prefix{netip.PrefixFrom(addr, 32)}
		}
		for _, prefix := range around {
			blocks[prefix] = true
		}
		if isPeer(e) {
			torrents[*e.torrent] = true
		}
		if isStranger(e) {
			books.Strangers += len(around)
		}
	}
	books.Blocks, books.Torrents = len(blocks), len(torrents)
	return books
}

func drawLimits(t *rapid.T) admission.Limits {
	limit := rapid.IntRange(0, 6)
	return admission.Limits{
		Connections: limit.Draw(t, "connections"),
		PerTorrent:  limit.Draw(t, "per torrent"),
		PerAddress:  limit.Draw(t, "per address"),
		Strangers:   limit.Draw(t, "strangers"),
	}
}

// TestDoor_AsTheModel has a door do what the model does, and holds both to the rules.
func TestDoor_AsTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limits := drawLimits(t)
		m := &model{limits: limits}
		d := admission.NewDoor[*peer](limits)
		t.Repeat(map[string]func(*rapid.T){
			"knock": func(t *rapid.T) {
				addr := netip.MustParseAddr(rapid.SampledFrom(addresses).Draw(t, "address"))
				origin := admission.Origin{Addr: addr, Family: family.Of(addr), Dialled: rapid.Bool().Draw(t, "dialled")}
				conn := &peer{unchoked: rapid.Bool().Draw(t, "unchoked"), interested: rapid.Bool().Draw(t, "interested")}
				before := m.standing()
				want, wantErr := m.knock(conn, origin)
				evicted, found, err := d.Knock(conn, origin)
				agree(t, evicted, found, err, want, wantErr)
				withinLimits(t, limits, before, d.Counts())
			},
			"enter": func(t *rapid.T) {
				at := drawEntry(t, m)
				if isPeer(m.entries[at]) {
					t.Skip("it is in")
				}
				conn, infoHash := m.entries[at].conn, admission.InfoHash{rapid.ByteMax(2).Draw(t, "torrent")}
				before := m.standing()
				want, wantErr := m.enter(at, infoHash)
				evicted, found, err := d.Enter(conn, infoHash)
				agree(t, evicted, found, err, want, wantErr)
				withinLimits(t, limits, before, d.Counts())
			},
			"leave": func(t *rapid.T) { d.Leave(m.remove(drawEntry(t, m))) },
			"change": func(t *rapid.T) {
				conn := m.entries[drawEntry(t, m)].conn
				conn.unchoked, conn.interested = !conn.unchoked, rapid.Bool().Draw(t, "interested")
			},
			"apply": func(t *rapid.T) {
				limits = drawLimits(t)
				m.limits = limits
				d.Apply(limits)
			},
			"": func(t *rapid.T) {
				if want, got := m.standing(), d.Counts(); want != got {
					t.Fatalf("counts (-want +got):\n%s", cmp.Diff(want, got))
				}
				if want, got := m.books(), d.Books(); want != got {
					t.Fatalf("books (-want +got):\n%s", cmp.Diff(want, got))
				}
			},
		})
		for len(m.entries) > 0 {
			d.Leave(m.remove(0))
		}
		if diff := cmp.Diff(m.standing(), d.Counts()); diff != "" {
			t.Errorf("counts when all have left (-want +got):\n%s", diff)
		}
		if books := d.Books(); books != (admission.Books{}) {
			t.Errorf("remembered when all have left: %+v", books)
		}
	})
}

func drawEntry(t *rapid.T, m *model) int {
	if len(m.entries) == 0 {
		t.Skip("nobody is there")
	}
	return rapid.IntRange(0, len(m.entries)-1).Draw(t, "who")
}

func agree(t *rapid.T, evicted *peer, found bool, err error, want *peer, wantErr error) {
	t.Helper()
	if evicted != want || found != (want != nil) || !errors.Is(err, wantErr) {
		t.Fatalf("evicted %+v (%v) with %v, want %+v with %v", evicted, found, err, want, wantErr)
	}
}

// withinLimits holds a door to what it promises whatever the model says: nothing grows past its limit, no IPv6 peer
// goes for anybody.
func withinLimits(t *rapid.T, limits admission.Limits, before, after family.Pair[admission.Counts]) {
	t.Helper()
	if after.V6.Peers < before.V6.Peers || after.V6.EvictedPeers > 0 {
		t.Fatalf("an IPv6 peer had to go: %+v", after.V6)
	}
	grew := func(what string, before, after, limit int) {
		if limit > 0 && after > max(before, limit) {
			t.Fatalf("%d %s, limit %d", after, what, limit)
		}
	}
	grew("peers", before.V4.Peers+before.V6.Peers, after.V4.Peers+after.V6.Peers, limits.Connections)
	for _, f := range family.All {
		grew("strangers", before.Get(f).Strangers, after.Get(f).Strangers, limits.Strangers)
	}
}
