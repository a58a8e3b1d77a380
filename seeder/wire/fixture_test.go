package wire_test

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
	"sixseed/storage/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	blockLength = 16 << 10
	pieceLength = 8 * blockLength
	pieces      = 21
	dataLength  = (pieces-1)*pieceLength + 1000 // the last piece is shorter
	patient     = 2 * time.Minute               // how long a test waits for what has to come
)

var (
	ours     = wire.InfoHash{1, 2, 3}
	loopback = family.Pair[string]{V4: "127.0.0.1", V6: "::1"}
)

// iso is the data of the one torrent.
var iso = sync.OnceValue(func() []byte {
	data := make([]byte, dataLength)
	_, _ = rand.NewChaCha8([32]byte{6}).Read(data)
	return data
})

// served is the one torrent of an endpoint.
type served struct {
	*wire.Torrent
	path    string
	changed chan struct{}
}

func newServed(t testing.TB) *served {
	t.Helper()
	s := &served{path: filepath.Join(t.TempDir(), "debian.iso"), changed: make(chan struct{}, 100)}
	if err := os.WriteFile(s.path, iso(), 0o600); err != nil {
		t.Fatal(err)
	}
	layout, err := content.NewLayout([]content.File{{Path: s.path, Length: dataLength}}, pieceLength)
	if err != nil {
		t.Fatal(err)
	}
	stamps, err := layout.Stamps()
	if err != nil {
		t.Fatal(err)
	}
	data := content.Open(layout, stamps, content.NewPool(4))
	t.Cleanup(func() { _ = data.Close() })
	s.Torrent = &wire.Torrent{
		InfoHash: ours, Data: data, Length: dataLength, PieceLength: pieceLength, InfoLength: 20_000,
		Changed: func() { s.changed <- struct{}{} },
	}
	return s
}

// Open implements wire.Torrents.
func (s *served) Open(infoHash wire.InfoHash) (*wire.Torrent, error) {
	if infoHash != ours {
		return nil, wire.ErrUnknownTorrent
	}
	s.Acquire()
	return s.Torrent, nil
}

// Keyed implements wire.Torrents.
func (s *served) Keyed(key mse.Key) (wire.InfoHash, bool) { return ours, key == mse.KeyOf(ours) }

// endpoint is one under test, with what is behind it.
type endpoint struct {
	*wire.Endpoint
	served   *served
	accounts *wire.Accounts
}

// newEndpoint returns an endpoint that serves ours. change may alter how it is made.
func newEndpoint(t testing.TB, settings wire.Settings, change ...func(*wire.Config)) *endpoint {
	t.Helper()
	if settings.MaxConnections == 0 {
		settings.MaxConnections = 10
	}
	e := &endpoint{served: newServed(t), accounts: wire.NewAccounts()}
	config := wire.Config{
		Torrents: e.served, Accounts: e.accounts, Settings: settings,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range change {
		change(&config)
	}
	e.Endpoint = wire.NewEndpoint(config)
	t.Cleanup(func() {
		e.Wait()
		if n := e.Pipes(); n != 0 {
			t.Errorf("%d pipes are left open", n)
		}
	})
	return e
}

// traffic is all that was counted of a family.
func (e *endpoint) traffic(f family.Family) wire.Traffic {
	return e.accounts.Of(ours, f).Traffic().Plus(e.accounts.Of(wire.Unattributed, f).Traffic())
}

// listen opens a listener and returns its address, too.
func listen(t testing.TB, e *endpoint, f family.Family) (*wire.Listener, string) {
	t.Helper()
	listener, err := e.Listen(t.Context(), f, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(listener.Release)
	port := listener.Addr().(*net.TCPAddr).Port
	return listener, net.JoinHostPort(loopback.Get(f), fmt.Sprint(port))
}

// call connects to an address. The connection is closed with the test.
func call(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	setDeadlines(t, conn)
	return conn.(*net.TCPConn)
}

// connect opens a connection to an endpoint and returns both of its ends.
func connect(t testing.TB, e *endpoint, f family.Family) (peer *net.TCPConn, conn *wire.Conn) {
	t.Helper()
	listener, address := listen(t, e, f)
	peer = call(t, address)
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = accepted.Close() })
	setDeadlines(t, accepted)
	return peer, accepted.(*wire.Conn)
}

func setDeadlines(t testing.TB, ends ...net.Conn) {
	t.Helper()
	for _, end := range ends {
		if err := end.SetDeadline(time.Now().Add(patient)); err != nil {
			t.Fatal(err)
		}
	}
}

// reserved says that the extension protocol (BEP 10) and the fast extension (BEP 6) are spoken.
var reserved = [8]byte{5: 0x10, 7: 0x04}

// handshake is what both ends send first (BEP 3).
func handshake(infoHash wire.InfoHash) []byte {
	return message.Handshake{
		Reserved: reserved, InfoHash: infoHash, PeerID: [20]byte([]byte("-XX0100-" + strings.Repeat("p", 12))),
	}.Append(nil)
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

// receive waits for a value from a channel.
func receive[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patient):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

// eventually waits until something is so that another goroutine brings about.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func read(conn io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(conn, b)
	return b, err
}
