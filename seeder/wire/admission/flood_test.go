package admission_test

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// asShipped are the limits of a seedbox that nobody configured.
var asShipped = admission.Limits{
	Connections: 2000, PerTorrent: 2000, PerAddress: 64, Strangers: admission.DefaultStrangers,
}

// hostV4 is the nth address of 10.0.0.0/8.
func hostV4(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
}

// scattered returns addresses all over an IPv6 prefix of so many bytes.
func scattered(prefix string, length int) func(n int) netip.Addr {
	base := netip.MustParseAddr(prefix).As16()
	return func(n int) netip.Addr {
		b := base
		const odd = 0x9e3779b97f4a7c15 // so that no number leads to the same product as another
		var subnet [8]byte
		binary.LittleEndian.PutUint64(subnet[:], uint64(n)*odd)
		copy(b[length:8], subnet[:])
		return netip.AddrFrom16(b)
	}
}

// TestDoor_HalfOpenFlood opens connections that never shake hands, as fast as 100 in the time that a peer needs for its
// own handshake, and looks whether the peers get through.
func TestDoor_HalfOpenFlood(t *testing.T) {
	t.Parallel()
	const rounds, perRound = 50, 100
	for name, tc := range map[string]struct {
		attacker func(n int) netip.Addr
		most     int // strangers that the attacker can have
	}{
		"OneAddress":  {func(int) netip.Addr { return hostV4(1) }, asShipped.PerAddress},
		"Botnet":      {func(n int) netip.Addr { return hostV4(n % 10_000) }, asShipped.Strangers},
		"SmallBotnet": {func(n int) netip.Addr { return hostV4(n % 10) }, asShipped.Strangers},
		"One64":       {func(int) netip.Addr { return netip.MustParseAddr("2001:db8::1") }, asShipped.PerAddress},
		"One48":       {scattered("2001:db8:66::", 6), 4 * asShipped.PerAddress},
		"One40":       {scattered("2001:db8:6600::", 5), asShipped.Strangers},
		"One32":       {scattered("2001:db8::", 4), asShipped.Strangers},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := admission.NewDoor[*peer](asShipped)
			flooding := 0
			for round := range rounds {
				honest := family.Both(func(family.Family) *peer { return new(peer) })
				addrs := family.Pair[netip.Addr]{V4: hostV4(1<<20 + round), V6: scattered("2a00:db8::", 4)(round)}
				for _, f := range family.All {
					if _, _, err := d.Knock(honest.Get(f), admission.Origin{Addr: addrs.Get(f), Family: f}); err != nil {
						t.Fatalf("round %d: a peer from %v was turned away: %v", round, addrs.Get(f), err)
					}
				}
				for range perRound {
					addr := tc.attacker(flooding)
					flooding++
					_, _, _ = d.Knock(new(peer), admission.Origin{Addr: addr, Family: family.Of(addr)})
				}
				for _, f := range family.All {
					if _, _, err := d.Enter(honest.Get(f), admission.InfoHash{}); err != nil {
						t.Fatalf("round %d: the peer from %v did not get in: %v", round, addrs.Get(f), err)
					}
				}
			}
			counts := d.Counts()
			if got := max(counts.V4.Strangers, counts.V6.Strangers); got > tc.most {
				t.Errorf("%d strangers at the end, want %d at most", got, tc.most)
			}
		})
	}
}

// TestDoor_FloodOverIPv4 has IPv4 hold every place there is, as a stranger and as a peer: IPv6 does not notice.
func TestDoor_FloodOverIPv4(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](asShipped)
	v6 := new(peer)
	origin := admission.Origin{Addr: netip.MustParseAddr("2a00:db8::1"), Family: family.V6}
	if _, _, err := d.Knock(v6, origin); err != nil {
		t.Fatal(err)
	}
	for n := range 3 * asShipped.Connections {
		conn := &peer{unchoked: true, interested: true}
		if _, _, err := d.Knock(conn, admission.Origin{Addr: hostV4(n), Family: family.V4}); err == nil {
			_, _, _ = d.Enter(conn, admission.InfoHash{})
		}
	}
	if got := d.Counts().V4.Peers; got != asShipped.Connections {
		t.Fatalf("%d IPv4 peers, want %d", got, asShipped.Connections)
	}
	if _, found, err := d.Enter(v6, admission.InfoHash{}); err != nil || !found {
		t.Errorf("the IPv6 peer displaced one: %v, with %v", found, err)
	}
}

// TestDoor_FloodFromOneSite has a site displace peers over IPv4: it gets what a /48 may have, and no more.
func TestDoor_FloodFromOneSite(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](asShipped)
	for n := range asShipped.Connections {
		conn := new(peer)
		if _, _, err := d.Knock(conn, admission.Origin{Addr: hostV4(n), Family: family.V4}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Enter(conn, admission.InfoHash{}); err != nil {
			t.Fatal(err)
		}
	}
	site := scattered("2001:db8:66::", 6)
	for n := range 5000 {
		conn := new(peer)
		if _, _, err := d.Knock(conn, admission.Origin{Addr: site(n), Family: family.V6}); err == nil {
			_, _, _ = d.Enter(conn, admission.InfoHash{})
		}
	}
	got, want := d.Counts().V4.EvictedPeers, int64(4*asShipped.PerAddress)
	if got != want {
		t.Errorf("%d IPv4 peers had to go, want %d", got, want)
	}
}

// TestDoor_Concurrent has many goroutines come and go, each closing whom the door evicts.
func TestDoor_Concurrent(t *testing.T) {
	t.Parallel()
	limits := admission.Limits{Connections: 20, PerTorrent: 15, PerAddress: 8, Strangers: 10}
	d := admission.NewDoor[*peer](limits)
	var visitors sync.WaitGroup
	for v := range 8 {
		visitors.Go(func() {
			for n := range 500 {
				addr := hostV4(n % 7)
				if v%2 == 0 {
					addr = scattered("2001:db8::", 4)(n % 50)
				}
				visit(d, admission.Origin{Addr: addr, Family: family.Of(addr)}, admission.InfoHash{byte(n % 2)})
				counts := d.Counts()
				if peers := counts.V4.Peers + counts.V6.Peers; peers > limits.Connections {
					t.Errorf("%d peers, limit %d", peers, limits.Connections)
				}
			}
		})
	}
	visitors.Wait()
	if books := d.Books(); books != (admission.Books{}) {
		t.Errorf("remembered when all have left: %+v", books)
	}
}

// visit is a connection from its first packet to its end.
func visit(d *door, origin admission.Origin, infoHash admission.InfoHash) {
	conn := new(peer)
	evicted, found, err := d.Knock(conn, origin)
	if found {
		d.Leave(evicted)
	}
	if err != nil {
		return
	}
	defer d.Leave(conn)
	if evicted, found, _ = d.Enter(conn, infoHash); found {
		d.Leave(evicted)
	}
}
