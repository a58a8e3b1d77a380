package seeder_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// The torrent that guests take.
const (
	guestPiece   = 1 << 20
	guestTorrent = 100 * guestPiece
)

// crowd is a swarm in memory.
type crowd struct {
	wanted chan struct{}
	ended  map[wire.Reason]family.Pair[int64]

	mu    sync.Mutex
	peers []*guest
	looks int              // calls of Peers
	asked int              // calls of Paths for IPv4
	paths []bandwidth.Path // of IPv4
	ipv6  *bandwidth.Path  // the only one of IPv6; nil: there are more than anybody asks for
}

func newCrowd() *crowd { return &crowd{wanted: make(chan struct{}, 1)} }

func (c *crowd) Peers() []seeder.Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
	peers := make([]seeder.Peer, len(c.peers))
	for i, peer := range c.peers {
		peers[i] = peer
	}
	return peers
}

func (c *crowd) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.peers)
}

func (c *crowd) Paths(f family.Family, limit int) []bandwidth.Path {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f == family.V6 {
		if c.ipv6 != nil {
			return []bandwidth.Path{*c.ipv6}
		}
		return make([]bandwidth.Path, limit)
	}
	c.asked++
	return c.paths[:min(limit, len(c.paths))]
}

func (c *crowd) Wanted() <-chan struct{}                   { return c.wanted }
func (c *crowd) Accepted(f family.Family) int64            { return int64(f) + 1 }
func (c *crowd) Ended() map[wire.Reason]family.Pair[int64] { return c.ended }

// join adds a peer whose address and ID are made of n.
func (c *crowd) join(n int, f family.Family) *guest {
	address := netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})
	if f == family.V6 {
		address = netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", n))
	}
	peer := &guest{id: uint64(n), status: wire.PeerStatus{
		Family: f, Address: netip.AddrPortFrom(address, 6881), PeerID: [20]byte{byte(n)},
		PieceLength: guestPiece, Length: guestTorrent,
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.peers = append(c.peers, peer)
	return peer
}

// guest returns a peer by its ID.
func (c *crowd) guest(id uint64) *guest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.peers[slices.IndexFunc(c.peers, func(peer *guest) bool { return peer.id == id })]
}

// leave takes a peer away.
func (c *crowd) leave(peer *guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.peers = slices.DeleteFunc(c.peers, func(other *guest) bool { return other == peer })
}

// fare has IPv4's packets fare so.
func (c *crowd) fare(paths ...bandwidth.Path) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths = paths
}

// fareOverIPv6 sets how packets fare on IPv6's only connection.
func (c *crowd) fareOverIPv6(path bandwidth.Path) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ipv6 = &path
}

// looked is how often somebody asked how packets fare.
func (c *crowd) looked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// want asks for slots to be given anew.
func (c *crowd) want() {
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

// rounds is how often somebody looked at the peers.
func (c *crowd) rounds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// holders names those that hold a slot, in ascending order.
func (c *crowd) holders() []uint64 {
	var holders []uint64
	for _, peer := range c.Peers() {
		if peer.Status().Unchoked {
			holders = append(holders, peer.ID())
		}
	}
	slices.Sort(holders)
	return holders
}

// guest is a peer of a crowd.
type guest struct {
	id     uint64
	mu     sync.Mutex
	status wire.PeerStatus
}

func (g *guest) ID() uint64 { return g.id }

func (g *guest) Status() wire.PeerStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.status
}

func (g *guest) Unchoke() { g.set(func(s *wire.PeerStatus) { s.Unchoked = true }) }
func (g *guest) Choke()   { g.set(func(s *wire.PeerStatus) { s.Unchoked = false }) }

func (g *guest) PutLast(last bool) { g.set(func(s *wire.PeerStatus) { s.Last = last }) }

// interest has the peer want all that it can get, or nothing.
func (g *guest) interest(interested bool) {
	g.set(func(s *wire.PeerStatus) { s.Interested, s.AtGate = interested, interested })
}

func (g *guest) send(payload int64) {
	g.set(func(s *wire.PeerStatus) { s.Traffic = s.Traffic.Plus(wire.Traffic{Payload: payload}) })
}

func (g *guest) set(change func(*wire.PeerStatus)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.status)
}

// The whole way of one peer, over a socket: it asks for a slot, gets one, is seen, and leaves.
func TestSwarmOf(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.run(t)
	infoHash := l.seed(t, "debian.iso")
	peer, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	handshake := message.Handshake{InfoHash: infoHash, PeerID: [20]byte([]byte("-XX1230-............"))}
	if _, err := peer.Write(message.Append(handshake.Append(nil), message.Interested)); err != nil {
		t.Fatal(err)
	}
	readUntil(t, peer, message.Unchoke)

	peers := l.Peers()
	if len(peers) != 1 || !peers[0].Unchoked || !peers[0].Interested || !peers[0].Incoming ||
		peers[0].Address.String() != peer.LocalAddr().String() || peers[0].Name != "debian.iso" {
		t.Errorf("the peers are %+v", peers)
	}
	if side := l.Status().Families.V6; side.Connected != 1 || side.Interested != 1 || side.Unchoked != 1 || side.Accepted != 1 {
		t.Errorf("IPv6 is %+v", side)
	}
	_ = peer.Close()
	eventually(t, "the peer has left", func() bool {
		return len(l.Peers()) == 0 && l.Status().Families.V6.Ended["left"] == 1
	})
}

// readUntil reads a seed's handshake, and its messages up to one of the given kind.
func readUntil(t *testing.T, peer net.Conn, want message.ID) {
	t.Helper()
	if err := peer.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(peer, make([]byte, message.HandshakeLength)); err != nil {
		t.Fatal(err)
	}
	for {
		var length uint32
		if err := binary.Read(peer, binary.BigEndian, &length); err != nil {
			t.Fatalf("%v did not come: %v", want, err)
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(peer, body); err != nil {
			t.Fatalf("%v did not come: %v", want, err)
		}
		if length > 0 && message.ID(body[0]) == want {
			return
		}
	}
}
