package seeder_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/announce"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/mse"
	"sixseed/storage/content"
)

// shelf is a catalog of fixed torrents that notes which were to be checked again.
type shelf struct {
	torrents  []seeder.TorrentStatus
	rechecked chan wire.InfoHash
}

func (s *shelf) Torrents() []seeder.TorrentStatus { return slices.Clone(s.torrents) }

func (s *shelf) Problems() []seeder.Problem {
	return []seeder.Problem{{Subject: "/srv/iso/b.torrent", Text: "is damaged"}}
}

func (s *shelf) Recheck(infoHash wire.InfoHash) { s.rechecked <- infoHash }

// lab is a service with everything that is not under test around it.
type lab struct {
	*seeder.Service
	books    *books
	shelf    *shelf
	engine   *engine.Engine
	accounts *wire.Accounts
	swarm    seeder.Swarm // nil: whoever connects
	slots    int
	upload   seeder.UploadPolicy
	address  string // of the port for peers
	changed  chan wire.InfoHash
	log      *slog.Logger
	now      func() time.Time
	read     atomic.Int64    // info dictionaries
	ctx      context.Context // of Run
	stop     func() error
}

var discard = slog.New(slog.DiscardHandler)

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{
		books:    &books{totals: map[wire.InfoHash]family.Pair[wire.Traffic]{}, names: map[wire.InfoHash]string{}},
		shelf:    &shelf{rechecked: make(chan wire.InfoHash, 10)},
		accounts: wire.NewAccounts(),
		changed:  make(chan wire.InfoHash, 10),
		log:      discard,
		now:      time.Now,
		upload:   unlimited(),
	}
	return l
}

// run starts the service, which ends with the test if not before.
func (l *lab) run(t *testing.T) {
	t.Helper()
	var err error
	l.engine, err = engine.New(engine.Config{Log: discard, Changed: func(infoHash wire.InfoHash) { l.changed <- infoHash }})
	if err != nil {
		t.Fatal(err)
	}
	endpoint := wire.NewEndpoint(wire.Config{
		Torrents: l.engine, Accounts: l.accounts, Settings: wire.Settings{MaxConnections: 10}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	listener, err := endpoint.Listen(t.Context(), family.V6, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.address = net.JoinHostPort("::1", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	l.engine.Connect([]*wire.Listener{listener}, nil)
	if l.swarm == nil {
		l.swarm = seeder.SwarmOf(endpoint)
	}
	announcer, err := announce.New(announce.Config{
		PeerID: [20]byte{1}, Port: uint16(listener.Addr().(*net.TCPAddr).Port), Families: l.engine.Families(), Log: discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Service, err = seeder.New(t.Context(), seeder.Config{
		Version: "test", Engine: l.engine, Swarm: l.swarm, Slots: l.slots, Accounts: l.accounts, Announcer: announcer,
		Gate: bandwidth.New(bandwidth.None()), Upload: l.upload, Recorder: l.books, Changed: l.changed, FlushInterval: time.Millisecond, Now: l.now, Log: l.log,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Show(l.shelf)
	var cancel context.CancelFunc
	l.ctx, cancel = context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(l.ctx) }()
	l.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = l.stop() })
}

// seed adds a small torrent and returns its info-hash.
func (l *lab) seed(t *testing.T, name string) wire.InfoHash {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum([]byte(name))
	info := bencode.MustMarshal(map[string]any{
		"name": name, "length": len(name), "piece length": 16384, "pieces": sum[:],
	})
	layout, err := content.NewLayout([]content.File{{Path: path, Length: int64(len(name))}}, 16384)
	if err != nil {
		t.Fatal(err)
	}
	stamps, err := layout.Stamps()
	if err != nil {
		t.Fatal(err)
	}
	infoHash := wire.InfoHash(sha1.Sum(info))
	err = l.Seed(seeder.Torrent{
		Torrent: engine.Torrent{
			InfoHash: infoHash,
			Info: func() ([]byte, error) {
				l.read.Add(1)
				return info, nil
			},
			Data: content.Open(layout, stamps, content.NewPool(1)),
		},
		Name: name,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.shelf.torrents = append(l.shelf.torrents, seeder.TorrentStatus{
		InfoHash: hex.EncodeToString(infoHash[:]), Name: name, Size: int64(len(name)), State: seeder.StateSeeding, Checked: 1,
	})
	return infoHash
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

func TestService_RecordsWhatIsSent(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.run(t)
	infoHash := l.seed(t, "debian.iso")
	sent := family.Pair[wire.Traffic]{V6: wire.Traffic{Payload: 600, Overhead: 60, Received: 6}, V4: wire.Traffic{Payload: 4}}
	for range 10 {
		for _, f := range family.All {
			l.accounts.Of(infoHash, f).Add(sent.Get(f))
		}
		time.Sleep(time.Millisecond) // the flushes come in between
	}
	want := family.Pair[wire.Traffic]{V6: wire.Traffic{Payload: 6000, Overhead: 600, Received: 60}, V4: wire.Traffic{Payload: 40}}
	eventually(t, "traffic recorded", func() bool { return l.books.total(infoHash) == want })
	if name := l.books.names[infoHash]; name != "debian.iso" {
		t.Errorf("recorded under the name %q", name)
	}
	if month := l.Status().Month; month != want {
		t.Errorf("month %+v, want %+v", month, want)
	}
}

func TestService_KeepsWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.run(t)
	infoHash := l.seed(t, "debian.iso")
	l.books.fail(errors.New("disk is full"))
	l.accounts.Of(infoHash, family.V6).Add(wire.Traffic{Payload: 100})
	want := seeder.Problem{Subject: "ledger", Text: "disk is full"}
	eventually(t, "the ledger is a problem", func() bool { return slices.Contains(l.Status().Problems, want) })
	if err := l.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("ready while nothing can be recorded: %v", err)
	}
	l.accounts.Of(infoHash, family.V6).Add(wire.Traffic{Payload: 11})
	l.books.fail(nil)
	eventually(t, "all recorded", func() bool { return l.books.total(infoHash).V6.Payload == 111 })
	eventually(t, "ready again", func() bool { return l.Ready(t.Context()) == nil })
}

func TestService_RecordsAtTheEnd(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]error{"OK": nil, "LedgerBroken": errors.New("disk is full")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.run(t)
			if fault != nil {
				l.books.fail(fault)
			}
			l.accounts.Of(wire.InfoHash{1}, family.V4).Add(wire.Traffic{Payload: 7})
			if err := l.stop(); !errors.Is(err, fault) {
				t.Errorf("ended with %v, want %v", err, fault)
			}
			if got := l.books.total(wire.InfoHash{1}).V4.Payload; fault == nil && got != 7 {
				t.Errorf("%d bytes recorded, want 7", got)
			}
		})
	}
}

func TestService_StoppingDoesNotCutARecordingOff(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	recording, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	l.books.slow = func() {
		once.Do(func() { close(recording) })
		<-goOn
	}
	var log bytes.Buffer
	l.log = slog.New(slog.NewTextHandler(&log, nil))
	l.run(t)
	l.accounts.Of(wire.InfoHash{1}, family.V4).Add(wire.Traffic{Payload: 7})
	<-recording
	stopped := make(chan error, 1)
	go func() { stopped <- l.stop() }()
	eventually(t, "stopping", func() bool { return l.ctx.Err() != nil })
	close(goOn)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := l.books.total(wire.InfoHash{1}).V4.Payload; got != 7 || log.Len() > 0 {
		t.Errorf("%d bytes recorded, want 7; the log:\n%s", got, &log)
	}
}

// A disk that needs its time is no ledger that fails: what is recorded late is recorded.
func TestService_SlowDiskIsNoFault(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.books.late = true
	var log bytes.Buffer
	l.log = slog.New(slog.NewTextHandler(&log, nil))
	l.run(t)
	l.accounts.Of(wire.InfoHash{1}, family.V4).Add(wire.Traffic{Payload: 7})
	eventually(t, "the month is read", func() bool { return l.Status().Month.V4.Payload == 7 })
	if err := l.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if err := l.stop(); err != nil {
		t.Error(err)
	}
	if log.Len() > 0 {
		t.Errorf("the log:\n%s", &log)
	}
}

func TestService_Status(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	sum := sha1.Sum([]byte("earlier"))
	l.books.earlier = family.Pair[wire.Traffic]{V4: wire.Traffic{Payload: 5}}
	l.run(t)
	ubuntu, debian := l.seed(t, "ubuntu.iso"), l.seed(t, "debian.iso")
	l.shelf.torrents = append(l.shelf.torrents, seeder.TorrentStatus{Name: "arch.iso", State: seeder.StateWaiting})
	l.accounts.Of(ubuntu, family.V6).Add(wire.Traffic{Payload: 60})
	l.accounts.Of(debian, family.V4).Add(wire.Traffic{Payload: 4, Overhead: 1})
	l.accounts.Of(sum, family.V4).Add(wire.Traffic{Received: 3}) // a torrent that is not there any more

	status := l.Status()
	names := make([]string, len(status.Torrents))
	for i, torrent := range status.Torrents {
		names[i] = fmt.Sprint(torrent.Name, " ", torrent.Total.V4.Payload, " ", torrent.Total.V6.Payload)
	}
	if diff := cmp.Diff([]string{"arch.iso 0 0", "debian.iso 4 0", "ubuntu.iso 0 60"}, names); diff != "" {
		t.Error(diff)
	}
	if got, want := status.Families.V4.SinceStart, (wire.Traffic{Payload: 4, Overhead: 1, Received: 3}); got != want {
		t.Errorf("IPv4 since start %+v, want %+v", got, want)
	}
	if status.Families.V4.Listening || !status.Families.V6.Listening {
		t.Errorf("listening on %v and %v, want IPv6 alone", status.Families.V4.Listening, status.Families.V6.Listening)
	}
	if want := (seeder.LibraryStatus{Seeding: 2, Waiting: 1, Bytes: 20}); status.Library != want {
		t.Errorf("library %+v, want %+v", status.Library, want)
	}
	if month := status.Month; month.V4.Payload != 9 || month.V6.Payload != 60 {
		t.Errorf("month %+v, want 9 and 60 bytes", month)
	}
	if len(status.Problems) != 1 || status.Version != "test" {
		t.Errorf("problems %v of version %s", status.Problems, status.Version)
	}
}

func TestService_TotalsGoOnFromTheLedger(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const name = "debian.iso"
	l.run(t)
	infoHash := l.seed(t, name)
	l.accounts.Of(infoHash, family.V6).Add(wire.Traffic{Payload: 100})
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}

	again := newLab(t)
	again.books = l.books
	again.run(t)
	again.seed(t, name)
	again.accounts.Of(infoHash, family.V6).Add(wire.Traffic{Payload: 11})
	if got := again.Status().Torrents[0].Total.V6.Payload; got != 111 {
		t.Errorf("%d bytes over both runs, want 111", got)
	}
	eventually(t, "recorded once", func() bool { return l.books.total(infoHash).V6.Payload == 111 })
}

func TestService_StopsTorrentsWhoseDataChanged(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.run(t)
	changed, other := l.seed(t, "debian.iso"), l.seed(t, "fedora.iso")
	l.changed <- changed
	if infoHash := <-l.shelf.rechecked; infoHash != changed {
		t.Errorf("%x is checked again, want %x", infoHash, changed)
	}
	_, changedIsSeeded := l.engine.Keyed(mse.KeyOf(changed))
	_, otherIsSeeded := l.engine.Keyed(mse.KeyOf(other))
	if changedIsSeeded || !otherIsSeeded {
		t.Error("not just the changed torrent was stopped")
	}
}

func TestService_RetiresTorrentsThatNobodyUses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var minutes atomic.Int64
	l.now = func() time.Time { return time.Unix(60*minutes.Add(1), 0) }
	l.run(t)
	infoHash := l.seed(t, "debian.iso")
	use := func() {
		opened, err := l.engine.Open(infoHash)
		if err != nil {
			t.Fatal(err)
		}
		opened.Release(time.Unix(1, 0))
	}
	use()
	eventually(t, "a round is over", func() bool { return l.Status().Upload.Slots > 0 })
	active := l.Status()
	read := l.read.Load()
	eventually(t, "activated again", func() bool {
		use()
		return l.read.Load() > read
	})
	again := l.Status()
	again.At = active.At
	if diff := cmp.Diff(active, again); diff != "" {
		t.Errorf("what is shown has changed (-before +after):\n%s", diff)
	}
}

func TestNew_LedgerCannotBeRead(t *testing.T) {
	t.Parallel()
	fault := errors.New("not a ledger")
	broken := &books{fault: fault}
	_, err := seeder.New(t.Context(), seeder.Config{
		Recorder: broken, Gate: bandwidth.New(bandwidth.None()), Accounts: wire.NewAccounts(), Now: time.Now, Log: discard,
	})
	if !errors.Is(err, fault) {
		t.Errorf("got %v, want %v", err, fault)
	}
}
