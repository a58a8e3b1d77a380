package datagram_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"sixseed/policy/family"
)

// expectAnswersFromAsked asks a server at anywhere by each of addresses, and expects the answer from there. The client
// is at the first of them, so that answers to all the others would come from there if the kernel chose.
func expectAnswersFromAsked(t *testing.T, anywhere netip.Addr, addresses ...netip.Addr) {
	t.Helper()
	server := listen(t, netip.AddrPortFrom(anywhere, 0), 1)[0]
	client, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addresses[0], 0)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	batch := server.NewBatch(1, room)
	for _, address := range addresses {
		to := netip.AddrPortFrom(address, server.Addr().Port())
		if _, err := client.WriteToUDPAddrPort([]byte("question"), to); err != nil {
			t.Fatal(err)
		}
		receive(t, batch)
		batch.Answer(0, 8)
		send(t, batch)
		if _, from, err := client.ReadFromUDPAddrPort(make([]byte, room)); err != nil || from != to {
			t.Errorf("asked at %v, answered from %v, %v", to, from, err)
		}
	}
}

func TestBatch_AnswersFromTheAddressAsked(t *testing.T) {
	t.Parallel()
	t.Run("ipv4", func(t *testing.T) {
		t.Parallel()
		expectAnswersFromAsked(t, netip.IPv4Unspecified(),
			netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3"))
	})
	t.Run("ipv6", func(t *testing.T) {
		t.Parallel()
		addresses := oneNetwork(t, "fd66:5eed::1", "fd66:5eed::2", "fd66:5eed::3")
		expectAnswersFromAsked(t, netip.IPv6Unspecified(), addresses...)
	})
	t.Run("link-local", func(t *testing.T) {
		t.Parallel()
		addresses := oneNetwork(t, "fe80::1%one", "fe80::2%one")
		expectAnswersFromAsked(t, netip.IPv6Unspecified(), addresses...)
	})
}

// The question comes in by one cable and the answer goes out by another, since the routing table says so.
func TestBatch_AnswersByTheRoute(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			client, server, clientAddress, serverAddress := twoNetworks(t, f)
			client.enter(t)
			asking := listen(t, netip.AddrPortFrom(clientAddress, 0), 1)[0]
			server.enter(t)
			anywhere := family.Pair[netip.Addr]{V4: netip.IPv4Unspecified(), V6: netip.IPv6Unspecified()}.Get(f)
			answering := listen(t, netip.AddrPortFrom(anywhere, 0), 1)[0]

			batch := answering.NewBatch(1, room)
			write(t, asking, "question", netip.AddrPortFrom(serverAddress, answering.Addr().Port()))
			receive(t, batch)
			batch.Answer(0, 8)
			send(t, batch)
			if got := collect(t, asking.NewBatch(1, room), 1); got[0] != "question" {
				t.Errorf("answered with %q", got)
			}
		})
	}
}
