package seeder_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// buffet is where guests take a torrent, and are looked at every hour.
type buffet struct {
	overdraft seeder.Overdraft
	guests    []seeder.Peer
	joined    uint64 // guests so far
	now       time.Time
}

func newBuffet(copies int) *buffet {
	return &buffet{overdraft: seeder.NewOverdraft(copies), now: time.Unix(1_800_000_000, 0)}
}

// join adds a guest with the next ID, from 1 on. Its peer id is what it says of itself.
func (b *buffet) join(address string, peerID byte) *guest {
	b.joined++
	peer := &guest{id: b.joined, status: wire.PeerStatus{
		Address: netip.AddrPortFrom(netip.MustParseAddr(address), 6881), PeerID: [20]byte{peerID}, Length: guestTorrent,
	}}
	b.guests = append(b.guests, peer)
	return peer
}

// leave takes a guest away.
func (b *buffet) leave(gone *guest) {
	for i, peer := range b.guests {
		if peer == seeder.Peer(gone) {
			b.guests = append(b.guests[:i:i], b.guests[i+1:]...)
		}
	}
}

// look lets an hour pass and returns who comes last, by ID.
func (b *buffet) look() (last []uint64) {
	b.now = b.now.Add(time.Hour)
	b.overdraft.Look(b.guests, b.now)
	for _, peer := range b.guests {
		if peer.Status().Last {
			last = append(last, peer.ID())
		}
	}
	return last
}

// expect looks and compares who comes last.
func (b *buffet) expect(t *testing.T, what string, want ...uint64) {
	t.Helper()
	if got := b.look(); !cmp.Equal(got, want) {
		t.Errorf("%s: %v come last, want %v", what, got, want)
	}
}

func TestOverdraft_MoreThanItsCopies(t *testing.T) {
	t.Parallel()
	b := newBuffet(3)
	greedy, modest := b.join("192.0.2.1", 1), b.join("192.0.2.2", 2)
	modest.send(3 * guestTorrent)
	for range 3 {
		greedy.send(guestTorrent)
		b.expect(t, "three copies")
	}
	greedy.send(1)
	b.expect(t, "a byte more", 1)
	b.expect(t, "and it stays so", 1)
	greedy.set(func(s *wire.PeerStatus) { s.InfoHash = wire.InfoHash{2} })
	b.expect(t, "another torrent")
}

// One who leaves and comes again with another peer id, or from elsewhere in its network, is the same.
func TestOverdraft_ReconnectsAsAnother(t *testing.T) {
	t.Parallel()
	for name, addresses := range map[string][3]string{
		"IPv4": {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
		"IPv6": {"2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBuffet(1)
			first := b.join(addresses[0], 1)
			first.send(guestTorrent)
			b.expect(t, "its copy")
			b.leave(first)
			b.look()
			b.join(addresses[1], 2).send(1)
			b.join(addresses[2], 3)
			b.expect(t, "a byte more", 2)
		})
	}
}

func TestOverdraft_PeersBehindOneAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		second byte // its peer id; the first one's is 1
		want   []uint64
	}{
		"TwoPeers":            {2, nil},
		"OnePeerTwiceAtATime": {1, []uint64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBuffet(2)
			first, second := b.join("192.0.2.1", 1), b.join("192.0.2.1", c.second)
			first.send(3 * guestTorrent)
			second.send(guestTorrent)
			b.expect(t, "four copies", c.want...)
			first.send(1)
			b.expect(t, "more than four copies", 1, 2)
		})
	}
}

func TestOverdraft_ForgivesAfterADay(t *testing.T) {
	t.Parallel()
	b := newBuffet(1)
	greedy := b.join("192.0.2.1", 1)
	greedy.send(2 * guestTorrent)
	b.expect(t, "too much", 1)
	b.leave(greedy)
	for range 22 {
		b.look()
	}
	again := b.join("192.0.2.1", 1)
	b.expect(t, "23 hours later", 2)
	b.leave(again)
	b.look()
	if got := b.overdraft.Remembered(); got != 0 {
		t.Errorf("%d parties are remembered", got)
	}
	b.join("192.0.2.1", 1)
	b.expect(t, "a day later")
}

func TestOverdraft_ForgivesWhoStays(t *testing.T) {
	t.Parallel()
	b := newBuffet(1)
	greedy := b.join("192.0.2.1", 1)
	greedy.send(2 * guestTorrent)
	for hours := range 24 {
		b.expect(t, fmt.Sprintf("%d hours later", hours), 1)
	}
	b.look()
	b.expect(t, "a day later")
	greedy.send(2 * guestTorrent)
	b.expect(t, "after more than its copies since", 1)
}

func TestOverdraft_RemembersNoMoreThanItCan(t *testing.T) {
	t.Parallel()
	const early = 10
	b := newBuffet(1)
	join := func(from, to int) {
		for n := from; n < to; n++ {
			b.join(fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255), 1).send(1)
		}
		b.look()
	}
	join(0, early)
	join(early, seeder.MostParties+early)
	if got := b.overdraft.Remembered(); got != seeder.MostParties+early {
		t.Errorf("%d parties are remembered while all are there", got)
	}
	b.guests = nil
	b.look()
	if got := b.overdraft.Remembered(); got != seeder.MostParties {
		t.Errorf("%d parties are remembered once they have left, want %d", got, seeder.MostParties)
	}
}

func TestOverdraft_Set(t *testing.T) {
	t.Parallel()
	b := newBuffet(0)
	b.join("192.0.2.1", 1).send(1000 * guestTorrent)
	b.expect(t, "any number")
	b.overdraft.Set(3)
	b.expect(t, "three", 1)
	b.overdraft.Set(1000)
	b.expect(t, "a thousand")
	b.overdraft.Set(3)
	b.look()
	b.overdraft.Set(0)
	b.expect(t, "any number again")
}
