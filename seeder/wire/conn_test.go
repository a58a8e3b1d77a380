package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/mse"
	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ours     = wire.InfoHash{1, 2, 3}
	loopback = family.Pair[string]{V4: "127.0.0.1", V6: "::1"}
)

// served is a set of torrents that is fixed.
type served []wire.InfoHash

func (s served) Serves(infoHash wire.InfoHash) bool {
	for _, served := range s {
		if served == infoHash {
			return true
		}
	}
	return false
}

func (s served) InfoHashes() iter.Seq[wire.InfoHash] {
	return func(yield func(wire.InfoHash) bool) {
		for _, infoHash := range s {
			if !yield(infoHash) {
				return
			}
		}
	}
}

// newEndpoint returns an endpoint that serves ours, and its accounts.
func newEndpoint(settings wire.Settings) (*wire.Endpoint, *wire.Accounts) {
	accounts := wire.NewAccounts()
	if settings.MaxConnections == 0 {
		settings.MaxConnections = 10
	}
	return wire.NewEndpoint(served{{9}, ours}, accounts, family.Classifier{}, settings), accounts
}

// connect opens a connection to an endpoint and returns both of its ends.
func connect(t *testing.T, e *wire.Endpoint, f family.Family) (peer net.Conn, conn net.Conn) {
	t.Helper()
	listener, err := e.Listen(t.Context(), f, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(listener.Release)
	port := listener.Addr().(*net.TCPAddr).Port
	peer, err = new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort(loopback.Get(f), fmt.Sprint(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	conn, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	for _, end := range []net.Conn{peer, conn} {
		if err := end.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return peer, conn
}

// handshake is what a peer sends first (BEP 3).
func handshake(infoHash wire.InfoHash) []byte {
	return []byte("\x13BitTorrent protocol" + strings.Repeat("\x00", 8) + string(infoHash[:]) + strings.Repeat("p", 20))
}

// async runs do beside the test and hands over what it returns.
func async[T any](do func() (T, error)) func() (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	return func() (T, error) {
		r := <-done
		return r.value, r.err
	}
}

func read(conn io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(conn, b)
	return b, err
}

func TestConn_Incoming(t *testing.T) {
	t.Parallel()
	obfuscated := func(method mse.CryptoMethod) func(net.Conn) (io.ReadWriter, error) {
		return func(peer net.Conn) (io.ReadWriter, error) {
			rw, _, err := mse.InitiateHandshake(peer, ours[:], nil, method)
			return rw, err
		}
	}
	plain := func(peer net.Conn) (io.ReadWriter, error) { return peer, nil }
	for name, tc := range map[string]struct {
		policy wire.Encryption
		open   func(net.Conn) (io.ReadWriter, error)
	}{
		"Plain":                    {wire.EncryptionAllow, plain},
		"PlainWhenEncryptionIsOff": {wire.EncryptionOff, plain},
		"PlainBehindObfuscation":   {wire.EncryptionAllow, obfuscated(mse.CryptoMethodPlaintext)},
		"RC4":                      {wire.EncryptionAllow, obfuscated(mse.CryptoMethodRC4)},
		"RC4WhenRequired":          {wire.EncryptionRequire, obfuscated(mse.AllSupportedCrypto)},
	} {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				endpoint, accounts := newEndpoint(wire.Settings{Encryption: tc.policy})
				peer, conn := connect(t, endpoint, f)
				got := async(func() ([]byte, error) { return read(conn, wire.HandshakeLength) })
				rw, err := tc.open(peer)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := rw.Write(handshake(ours)); err != nil {
					t.Fatal(err)
				}
				if b, err := got(); err != nil || !bytes.Equal(b, handshake(ours)) {
					t.Fatalf("read %q, %v", b, err)
				}
				answerAndCount(t, conn, rw, accounts, f)
			})
		}
	}
}

// answerAndCount sends a handshake and two blocks over conn, and checks that they arrive and what is on the accounts.
func answerAndCount(t *testing.T, conn net.Conn, peer io.Reader, accounts *wire.Accounts, f family.Family) {
	t.Helper()
	account := accounts.Of(ours, f)
	answer := append(append(handshake(ours), block(16384)...), block(100)...)
	arrived := async(func() ([]byte, error) { return read(peer, len(answer)) })
	if n, err := conn.Write(answer); n != len(answer) || err != nil {
		t.Fatalf("wrote %d of %d bytes, %v", n, len(answer), err)
	}
	if b, err := arrived(); err != nil || !bytes.Equal(b, answer) {
		t.Fatalf("the peer read %d other bytes, %v", len(b), err)
	}
	got := account.Traffic()
	if want := int64(16384 + 100); got.Payload != want {
		t.Errorf("payload %d, want %d", got.Payload, want)
	}
	if want := int64(len(answer)) - got.Payload; got.Overhead != want {
		t.Errorf("overhead %d, want %d", got.Overhead, want)
	}
	if account.Connected() != 1 {
		t.Errorf("%d peers connected, want 1", account.Connected())
	}
	_ = conn.Close()
	_ = conn.Close()
	if account.Connected() != 0 {
		t.Errorf("%d peers connected after closing, want 0", account.Connected())
	}
	if other := accounts.Of(ours, f^1).Traffic(); other != (wire.Traffic{}) {
		t.Errorf("the other family has %+v", other)
	}
}

func TestConn_IncomingCountsAllThatIsReceived(t *testing.T) {
	t.Parallel()
	endpoint, accounts := newEndpoint(wire.Settings{})
	peer, conn := connect(t, endpoint, family.V6)
	sent := append(handshake(ours), message(2, nil)...)
	if _, err := peer.Write(sent); err != nil {
		t.Fatal(err)
	}
	if _, err := read(conn, len(sent)); err != nil {
		t.Fatal(err)
	}
	sum := accounts.Of(ours, family.V6).Traffic().Plus(accounts.Of(wire.Unattributed, family.V6).Traffic())
	if sum.Received != int64(len(sent)) {
		t.Errorf("received %d bytes, want %d", sum.Received, len(sent))
	}
}

func TestConn_IncomingRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy wire.Encryption
		sends  []byte
		want   error
	}{
		"UnknownTorrent":       {wire.EncryptionAllow, handshake(wire.InfoHash{77}), wire.ErrUnknownTorrent},
		"PlainWhenRequired":    {wire.EncryptionRequire, handshake(ours), wire.ErrPlainRefused},
		"EncryptedWhenOff":     {wire.EncryptionOff, bytes.Repeat([]byte{0xa5}, 96), wire.ErrEncryptedRefused},
		"GarbageForAHandshake": {wire.EncryptionAllow, bytes.Repeat([]byte{0xa5}, 96+532+20), nil},
		"TooShort":             {wire.EncryptionAllow, handshake(ours)[:30], io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint, accounts := newEndpoint(wire.Settings{Encryption: tc.policy})
			peer, conn := connect(t, endpoint, family.V4)
			if _, err := peer.Write(tc.sends); err != nil {
				t.Fatal(err)
			}
			if err := peer.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			_, err := conn.Read(make([]byte, 1))
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("read error %v, want %v", err, tc.want)
			}
			if _, again := conn.Read(make([]byte, 1)); again == nil || again.Error() != err.Error() {
				t.Errorf("the next read says %v, not %v", again, err)
			}
			if n := accounts.Of(ours, family.V4).Connected(); n != 0 {
				t.Errorf("%d peers connected, want 0", n)
			}
		})
	}
}

func TestConn_Outgoing(t *testing.T) {
	t.Parallel()
	keys := func(visit func([]byte) bool) { visit(ours[:]) }
	for name, tc := range map[string]struct {
		policy wire.Encryption
		accept func(net.Conn) (io.ReadWriter, error)
	}{
		"Plain": {wire.EncryptionAllow, func(peer net.Conn) (io.ReadWriter, error) { return peer, nil }},
		"RC4WhenRequired": {wire.EncryptionRequire, func(peer net.Conn) (io.ReadWriter, error) {
			rw, method, err := mse.ReceiveHandshake(context.Background(), peer, keys, mse.DefaultCryptoSelector)
			if method != mse.CryptoMethodRC4 {
				return nil, fmt.Errorf("method %v, want RC4", method)
			}
			return rw, err
		}},
	} {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				endpoint, accounts := newEndpoint(wire.Settings{Encryption: tc.policy})
				peer, conn := dial(t, endpoint, f)
				accepted := async(func() (io.ReadWriter, error) {
					rw, err := tc.accept(peer)
					if err != nil {
						return nil, err
					}
					if b, err := read(rw, wire.HandshakeLength); err != nil || !bytes.Equal(b, handshake(ours)) {
						return nil, fmt.Errorf("the peer read %q, %w", b, err)
					}
					_, err = rw.Write([]byte("answer"))
					return rw, err
				})
				got := async(func() ([]byte, error) { return read(conn, len("answer")) })
				for _, part := range [][]byte{handshake(ours)[:20], handshake(ours)[20:48], handshake(ours)[48:]} {
					if _, err := conn.Write(part); err != nil {
						t.Fatal(err)
					}
				}
				rw, err := accepted()
				if err != nil {
					t.Fatal(err)
				}
				if b, err := got(); err != nil || string(b) != "answer" {
					t.Fatalf("read %q, %v", b, err)
				}
				sendOneBlock(t, conn, rw, accounts.Of(ours, f))
			})
		}
	}
}

// sendOneBlock sends a block behind an outgoing handshake and checks what is on the account.
func sendOneBlock(t *testing.T, conn net.Conn, peer io.Reader, account *wire.Account) {
	t.Helper()
	arrived := async(func() ([]byte, error) { return read(peer, len(block(500))) })
	if _, err := conn.Write(block(500)); err != nil {
		t.Fatal(err)
	}
	if b, err := arrived(); err != nil || !bytes.Equal(b, block(500)) {
		t.Fatalf("the peer read %q, %v", b, err)
	}
	if got := account.Traffic().Payload; got != 500 {
		t.Errorf("payload %d, want 500", got)
	}
	if least := int64(wire.HandshakeLength + 13); account.Traffic().Overhead < least {
		t.Errorf("overhead %d, want %d at least", account.Traffic().Overhead, least)
	}
}

// dial has an endpoint connect to a peer of the test's and returns both ends.
func dial(t *testing.T, e *wire.Endpoint, f family.Family) (peer, conn net.Conn) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(loopback.Get(f), "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	conn, err = e.Dialer(f).Dial(t.Context(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	peer, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	for _, end := range []net.Conn{peer, conn} {
		if err := end.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return peer, conn
}

func TestConn_OutgoingClosedBeforeItsHandshake(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{})
	_, conn := dial(t, endpoint, family.V6)
	got := async(func() ([]byte, error) { return read(conn, 1) })
	_ = conn.Close()
	if _, err := got(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read error %v, want %v", err, net.ErrClosed)
	}
}

func TestConn_DeadlinesOfAClosedConnectionAreNoErrors(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{})
	_, conn := connect(t, endpoint, family.V4)
	_ = conn.Close()
	for _, set := range []func(time.Time) error{conn.SetDeadline, conn.SetReadDeadline, conn.SetWriteDeadline} {
		if err := set(time.Now()); err != nil {
			t.Error(err)
		}
	}
}

func TestConn_AddressAndFamily(t *testing.T) {
	t.Parallel()
	endpoint, _ := newEndpoint(wire.Settings{})
	peer, conn := connect(t, endpoint, family.V6)
	addr := conn.RemoteAddr().(*wire.Addr)
	if addr.Network() != "tcp" || addr.String() != peer.LocalAddr().String() || addr.Conn != conn {
		t.Errorf("address %v of %s, want %v of tcp", addr, addr.Network(), peer.LocalAddr())
	}
	if addr.Conn.Family() != family.V6 || addr.Addr() != netip.IPv6Loopback() {
		t.Errorf("family %v of %v", addr.Conn.Family(), addr.Addr())
	}
}
