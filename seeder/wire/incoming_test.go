package wire_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	mselib "github.com/anacrolix/torrent/mse"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

func TestConn_Incoming(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy     wire.Encryption
		speak      way
		encryption string
	}{
		"Plain":                     {wire.EncryptionAllow, plain, "plain"},
		"PlainWhenEncryptionIsOff":  {wire.EncryptionOff, plain, "plain"},
		"PlainBehindObfuscation":    {wire.EncryptionAllow, obfuscated(mselib.CryptoMethodPlaintext), "plain"},
		"PlainOfBoth":               {wire.EncryptionAllow, obfuscated(mselib.AllSupportedCrypto), "plain"},
		"RC4":                       {wire.EncryptionAllow, obfuscated(mselib.CryptoMethodRC4), "rc4"},
		"RC4WhenRequired":           {wire.EncryptionRequire, obfuscated(mselib.CryptoMethodRC4), "rc4"},
		"RC4OfBothWhenItIsRequired": {wire.EncryptionRequire, obfuscated(mselib.AllSupportedCrypto), "rc4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{Encryption: tc.policy})
			l, client := newLeecherBy(t, e, family.V6, tc.speak)
			if got := l.conn(e).Status().Encryption; got != tc.encryption {
				t.Errorf("encryption is %q, want %q", got, tc.encryption)
			}
			l.begin(e)
			l.ask(blocks(1)...)
			l.take(blocks(1)[0])
			_ = l.socket.Close()
			client.wait(t)
			if want, _ := message.ParseHandshake(handshake(ours)); client.greeting != want {
				t.Errorf("the client got handshake %+v, want %+v", client.greeting, want)
			}
		})
	}
}

// TestConn_IncomingInPortions has a peer send its first words as no real one does: byte by byte, all at once, and as the
// initial payload of an obfuscated handshake.
func TestConn_IncomingInPortions(t *testing.T) {
	t.Parallel()
	said := message.Append(handshake(ours), message.Interested)
	for name, say := range map[string]func(peer net.Conn) (io.ReadWriter, error){
		"AtOnce": func(peer net.Conn) (io.ReadWriter, error) {
			_, err := peer.Write(said)
			return peer, err
		},
		"ByteByByte": func(peer net.Conn) (io.ReadWriter, error) {
			for i := range said {
				if _, err := peer.Write(said[i:][:1]); err != nil {
					return nil, err
				}
			}
			return peer, nil
		},
		"InitialPayload": func(peer net.Conn) (io.ReadWriter, error) {
			rw, _, err := mselib.InitiateHandshake(peer, ours[:], said, mselib.CryptoMethodRC4)
			return rw, err
		},
		"InitialPayloadThenPlain": func(peer net.Conn) (io.ReadWriter, error) {
			rw, _, err := mselib.InitiateHandshake(peer, ours[:], said[:50], mselib.CryptoMethodPlaintext)
			if err != nil {
				return nil, err
			}
			_, err = rw.Write(said[50:])
			return rw, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			peer, conn := connect(t, e, family.V4)
			client := run(conn)
			rw, err := say(peer)
			if err != nil {
				t.Fatal(err)
			}
			l := &leecher{t: t, ReadWriter: rw, socket: peer}
			l.shakeHands(nil)
			receive(t, e.Wanted())
			_ = peer.Close()
			if heard := client.wait(t); len(heard) != 1 || heard[0] != "interested" {
				t.Errorf("the client heard %q", heard)
			}
		})
	}
}

// TestConn_IncomingTurnedAway has peers end their connection's stream after a handshake that will not do.
func TestConn_IncomingTurnedAway(t *testing.T) {
	t.Parallel()
	sends := func(b []byte) func(net.Conn) {
		return func(peer net.Conn) { _, _ = peer.Write(b) }
	}
	initiates := func(infoHash wire.InfoHash, offer mselib.CryptoMethod) func(net.Conn) {
		return func(peer net.Conn) { _, _, _ = mselib.InitiateHandshake(peer, infoHash[:], nil, offer) }
	}
	for name, tc := range map[string]struct {
		policy wire.Encryption
		does   func(net.Conn)
		want   error
		reason wire.Reason
	}{
		"UnknownTorrent": {0, sends(handshake(wire.InfoHash{7})), wire.ErrUnknownTorrent, wire.ReasonUnknown},
		"UnknownTorrentObfuscated": {
			0, initiates(wire.InfoHash{7}, mselib.AllSupportedCrypto), nil, wire.ReasonUnknown,
		},
		"PlainWhenRequired": {
			wire.EncryptionRequire, sends(handshake(ours)), wire.ErrPlainRefused, wire.ReasonEncryption,
		},
		"PlainMethodWhenRC4IsRequired": {
			wire.EncryptionRequire, initiates(ours, mselib.CryptoMethodPlaintext), nil, wire.ReasonEncryption,
		},
		"EncryptedWhenOff": {
			wire.EncryptionOff, sends(bytes.Repeat([]byte{0xa5}, 96)), wire.ErrEncryptedRefused, wire.ReasonEncryption,
		},
		"GarbageObfuscated": {
			0, func(peer net.Conn) {
				rw, _, err := mselib.InitiateHandshake(peer, ours[:], nil, mselib.CryptoMethodRC4)
				if err == nil {
					garbage := handshake(ours)
					garbage[1] = 'b'
					_, _ = rw.Write(garbage)
				}
			}, message.ErrNoHandshake, wire.ReasonHandshake,
		},
		"Garbage":            {0, sends(bytes.Repeat([]byte{0xa5}, 96+532+20)), nil, wire.ReasonHandshake},
		"Nothing":            {0, sends(nil), io.EOF, wire.ReasonHandshake},
		"TooShort":           {0, sends(handshake(ours)[:30]), io.ErrUnexpectedEOF, wire.ReasonHandshake},
		"NoPeerID":           {0, sends(handshake(ours)[:60]), io.EOF, wire.ReasonHandshake},
		"ObfuscatedTooShort": {0, sends(bytes.Repeat([]byte{0xa5}, 50)), io.ErrUnexpectedEOF, wire.ReasonHandshake},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{Encryption: tc.policy})
			peer, conn := connect(t, e, family.V4)
			fault := async(func() (int, error) { return conn.Read(make([]byte, 1)) })
			tc.does(peer)
			_ = peer.CloseWrite() // unless the endpoint was quicker
			_, err := fault()
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("read error %v, want %v", err, tc.want)
			}
			if _, again := conn.Read(make([]byte, 1)); again == nil || again.Error() != err.Error() {
				t.Errorf("the next read says %v, not %v", again, err)
			}
			assertEnded(t, e, family.V4, tc.reason)
		})
	}
}

// assertEnded checks that one connection has ended, for a reason, and has left nothing behind.
func assertEnded(t testing.TB, e *endpoint, f family.Family, reason wire.Reason) {
	t.Helper()
	for got, counts := range e.Ended() {
		want := new(family.Pair[int64])
		if got == reason {
			*want.At(f) = 1
		}
		if counts != *want {
			t.Errorf("%+v connections ended for reason %q, want %+v", counts, got, *want)
		}
	}
	if peers := e.Peers(); len(peers) != 0 {
		t.Errorf("%d peers left", len(peers))
	}
	if _, idle := e.served.IdleSince(); !idle {
		t.Error("the torrent still has users")
	}
	if n := e.accounts.Of(ours, f).Connected(); n != 0 {
		t.Errorf("%d peers connected, want 0", n)
	}
}

func TestConn_HandshakeNotWithinItsTime(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	for _, already := range []int{0, 20, 48, 67} {
		peer, conn := connect(t, e, family.V6)
		if _, err := peer.Write(handshake(ours)[:already]); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now()); err != nil {
			t.Fatal(err)
		}
		var timeout net.Error
		if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("after %d bytes: %v", already, err)
		}
	}
	if got := e.Ended()[wire.ReasonHandshake]; got != (family.Pair[int64]{V6: 4}) {
		t.Errorf("%+v ended for want of a handshake", got)
	}
}

func TestConn_DeadlinesOfAClosedConnectionAreNoErrors(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	_, conn := connect(t, e, family.V4)
	_ = conn.Close()
	_ = conn.Close()
	for _, set := range []func(time.Time) error{conn.SetDeadline, conn.SetReadDeadline, conn.SetWriteDeadline} {
		if err := set(time.Now()); err != nil {
			t.Error(err)
		}
	}
}

func TestConn_AddressAndFamily(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	peer, conn := connect(t, e, family.V6)
	addr := conn.RemoteAddr().(*wire.Addr)
	if addr.Network() != "tcp" || addr.String() != peer.LocalAddr().String() || addr.Conn != conn {
		t.Errorf("address %v of %s, want %v of tcp", addr, addr.Network(), peer.LocalAddr())
	}
	if conn.Family() != family.V6 || addr.Addr() != netip.IPv6Loopback() {
		t.Errorf("family %v of %v", conn.Family(), addr.Addr())
	}
	if conn.LocalAddr().String() != peer.RemoteAddr().String() {
		t.Errorf("local address %v, want %v", conn.LocalAddr(), peer.RemoteAddr())
	}
	if _, other := connect(t, e, family.V6); other.ID() == conn.ID() {
		t.Errorf("two connections have id %d", conn.ID())
	}
}
