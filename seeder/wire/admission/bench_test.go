package admission_test

import (
	"fmt"
	"net/netip"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// filled returns a door with n busy IPv4 peers of one torrent.
func filled(b *testing.B, limits admission.Limits, n int) *door {
	b.Helper()
	d := admission.NewDoor[*peer](limits)
	for i := range n {
		enterNow(b, d, &peer{unchoked: true, interested: true}, admission.Origin{Addr: hostV4(i), Family: family.V4})
	}
	return d
}

func enterNow(b *testing.B, d *door, conn *peer, origin admission.Origin) (evicted *peer) {
	b.Helper()
	if _, _, err := d.Knock(conn, origin); err != nil {
		b.Fatal(err)
	}
	evicted, _, err := d.Enter(conn, admission.InfoHash{})
	if err != nil {
		b.Fatal(err)
	}
	return evicted
}

var newcomer = admission.Origin{Addr: netip.MustParseAddr("2001:db8::1"), Family: family.V6}

// BenchmarkDoor_Visit is a connection that knocks, enters and leaves while others are open and there is room.
func BenchmarkDoor_Visit(b *testing.B) {
	for _, peers := range []int{0, 2_000, 100_000} {
		b.Run(fmt.Sprintf("peers=%d", peers), func(b *testing.B) {
			d := filled(b, admission.Limits{Connections: peers + 1, PerAddress: 64, Strangers: 512}, peers)
			conn := new(peer)
			b.ReportAllocs()
			for b.Loop() {
				enterNow(b, d, conn, newcomer)
				d.Leave(conn)
			}
		})
	}
}

// BenchmarkDoor_Evict is a newcomer for which a peer has to go when all are busy, so that all are looked at, and the
// return of one to fill the place.
func BenchmarkDoor_Evict(b *testing.B) {
	for _, peers := range []int{2_000, 100_000} {
		b.Run(fmt.Sprintf("peers=%d", peers), func(b *testing.B) {
			d := filled(b, admission.Limits{Connections: peers, PerAddress: 64, Strangers: 512}, peers)
			conn := new(peer)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				evicted := enterNow(b, d, conn, newcomer)
				d.Leave(conn)
				enterNow(b, d, evicted, admission.Origin{Addr: hostV4(n % peers), Family: family.V4})
			}
		})
	}
}

// BenchmarkDoor_Flood is a stranger for which another has to go.
func BenchmarkDoor_Flood(b *testing.B) {
	d := admission.NewDoor[*peer](admission.Limits{PerAddress: 64, Strangers: admission.DefaultStrangers})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		_, _, _ = d.Knock(new(peer), admission.Origin{Addr: hostV4(n % 100_000), Family: family.V4})
	}
}

// BenchmarkDoor_Refuse is a stranger from an address that has too many.
func BenchmarkDoor_Refuse(b *testing.B) {
	d := admission.NewDoor[*peer](admission.Limits{PerAddress: 1})
	_, _, _ = d.Knock(new(peer), newcomer)
	conn := new(peer)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = d.Knock(conn, newcomer)
	}
}
