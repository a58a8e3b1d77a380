package wire_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/anacrolix/torrent/bencode"
	mselib "github.com/anacrolix/torrent/mse"
	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// introduced returns what the peer was told of us in the extension handshake.
func (l *leecher) introduced() map[string]any {
	l.t.Helper()
	for _, frame := range l.first {
		if frame.ID() == message.Extended && frame.Body()[0] == 0 {
			said := make(map[string]any)
			if err := bencode.Unmarshal(frame.Body()[1:], &said); err != nil {
				l.t.Fatal(err)
			}
			return said
		}
	}
	l.t.Fatal("no extension handshake")
	return nil
}

func TestConn_RewritesTheExtensionHandshake(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy wire.Encryption
		speak  way
		prefer int64
	}{
		"Allow":   {wire.EncryptionAllow, plain, 0},
		"Off":     {wire.EncryptionOff, plain, 0},
		"Require": {wire.EncryptionRequire, obfuscated(mselib.CryptoMethodRC4), 1},
	} {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				l, _ := newLeecherBy(t, newEndpoint(t, wire.Settings{Encryption: tc.policy}), f, tc.speak)
				want := map[string]any{
					"e": tc.prefer, "m": map[string]any{"ut_metadata": int64(1), "ut_pex": int64(2)}, "p": int64(6881),
					"reqq": int64(wire.QueueDepth), "upload_only": int64(1), "v": "test",
				}
				if diff := cmp.Diff(want, l.introduced()); diff != "" {
					t.Errorf("the peer was told (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// placed is a socket that claims to be at an address.
type placed struct {
	net.Conn
	at net.Addr
}

func (p placed) LocalAddr() net.Addr { return p.at }

// TestConn_TellsItsAddress checks that a peer is told the address that it reached us at, if others could reach us there.
func TestConn_TellsItsAddress(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]map[string]any{
		"203.0.113.5":          {"ipv4": "\xcb\x00\x71\x05"},
		"::ffff:203.0.113.5":   {"ipv4": "\xcb\x00\x71\x05"},
		"2001:db8::5":          {"ipv6": "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05"},
		"10.0.0.1":             nil,
		"192.168.1.1":          nil,
		"127.0.0.1":            nil,
		"169.254.1.1":          nil,
		"fd00::1":              nil,
		"fe80::1%eth0":         nil,
		"::1":                  nil,
		"::ffff:192.168.77.77": nil,
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			peer, socket := net.Pipe()
			local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(at), 6881))
			conn, err := wire.NewIncoming(e.Endpoint, placed{socket, local}, netip.MustParseAddrPort("192.0.2.1:1"))
			if err != nil {
				t.Fatal(err)
			}
			client := run(conn)
			l := &leecher{t: t, ReadWriter: peer, socket: peer}
			l.shakeHands(handshake(ours))
			got := make(map[string]any)
			for key, value := range l.introduced() {
				if key == "ipv4" || key == "ipv6" {
					got[key] = value
				}
			}
			if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
				t.Errorf("told (-want +got):\n%s", diff)
			}
			_ = peer.Close()
			client.wait(t)
		})
	}
}

// TestConn_SwallowsWhatIsNotTheClientsBusiness has the client say what it says of its own accord, in portions that do
// not heed where messages begin.
func TestConn_SwallowsWhatIsNotTheClientsBusiness(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V6)
	l.settle()
	block := blocks(1)[0]
	said := [][]byte{
		message.Append(nil, message.Unchoke),
		message.Append(nil, message.Choke),
		message.AppendIndex(nil, message.AllowedFast, 3),
		message.AppendKeepAlive(nil),
		append(message.AppendPieceHeader(nil, block), make([]byte, block.Length)...),
		message.AppendBlock(nil, message.RejectRequest, block),
		message.AppendIndex(nil, message.Have, 3),
		message.Append(nil, message.Port, 1, 2),
		message.Append(nil, message.NotInterested),
		extended(3, "d8:msg_typei1e5:piecei0e10:total_sizei20000ee"+strings.Repeat("data", 4<<10)),
	}
	var stream []byte
	for _, b := range said {
		stream = append(stream, b...)
	}
	conn := l.conn(e)
	for len(stream) > 0 {
		portion := stream[:min(71, len(stream))]
		if n, err := conn.Write(portion); n != len(portion) || err != nil {
			t.Fatalf("wrote %d of %d bytes, %v", n, len(portion), err)
		}
		stream = stream[len(portion):]
	}
	var want, got []string
	for _, i := range []int{3, 6, 7, 8, 9} {
		want = append(want, describe(said[i]))
	}
	want = append(want, describe(message.Append(nil, message.HashReject))) // and nothing else before the next answer
	l.say(message.HashRequest)
	for range want {
		frame, err := l.read()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, describe(frame))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the peer got (-want +got):\n%s", diff)
	}
}

// TestConn_GarbageOfTheClients checks that what is no extension handshake does not leave as one.
func TestConn_GarbageOfTheClients(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, client := newLeecher(t, e, family.V6)
	if _, err := l.conn(e).Write(extended(0, "no dictionary")); err == nil {
		t.Error("no error")
	}
	client.wait(t)
	assertEnded(t, e, family.V6, wire.ReasonLeft)
}
