package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/storage/ledger"
)

const (
	quota      = 1_000_000_000 // of IPv4, in bytes
	quotaLeft  = 20_000_000    // of it when the daemon starts
	quotaFloor = 4_000_000     // bytes per second that IPv4 keeps: what is left would last for days otherwise
	overshoot  = 5 * quotaFloor
	quotaPeers = 2       // over each family
	onTheWay   = 1 << 20 // bytes that may be on their way to peers when they are choked
)

// TestDaemon_Quota has IPv4's quota end in the middle of a run: IPv4 stops, IPv6 goes on, ledger and status agree, and
// nobody is hung up on. A larger quota has the same peers served again.
func TestDaemon_Quota(t *testing.T) {
	t.Parallel()
	library := t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), 64<<20)
	q := quotaRun{daemon: startDaemon(t, settings{library: library}), billingDay: billingDay()}
	q.await(t, "seeding", q.seeds(1))
	q.stop(t)
	q.allow(t, quota)
	q.spend(t, quota-quotaLeft)
	q.start(t)
	q.await(t, "seeding again", q.seeds(1))
	received := q.download(t)

	q.await(t, "end of the quota", q.exhausted)
	end := q.month(t)
	over := end.V4.Payload + end.V4.Overhead - quota
	t.Logf("IPv4 has had %d bytes more than its quota", over)
	if over < 0 || over > overshoot {
		t.Errorf("IPv4 has had %d bytes more than its quota, want %d at most", over, overshoot)
	}
	q.await(t, "more over IPv6", q.exceeds(family.V6, end.V6.Payload+16<<20))
	q.await(t, "a ledger that agrees", func(ctx context.Context) error { return q.agrees(ctx, t) })
	if late := q.month(t).V4.Payload - end.V4.Payload; late > onTheWay {
		t.Errorf("%d bytes went out over IPv4 after its quota had ended", late)
	}

	q.allow(t, 2*quota)
	q.hangUp(t)
	q.await(t, "more over IPv4", q.exceeds(family.V4, end.V4.Payload+8<<20))
	q.stop(t)
	q.compare(t, <-received)
}

// quotaRun is a daemon with a quota, and peers over both families that take what they get.
type quotaRun struct {
	*daemon
	plain      string // its configuration without a quota
	billingDay int
}

// billingDay is one that is not near, so that no test sees the month end.
func billingDay() int { return min(28, time.Now().UTC().AddDate(0, 0, 14).Day()) }

// allow sets IPv4's quota in the configuration.
func (q *quotaRun) allow(t *testing.T, bytes int64) {
	t.Helper()
	if q.plain == "" {
		text, err := os.ReadFile(q.config)
		if err != nil {
			t.Fatal(err)
		}
		q.plain = string(text)
	}
	text := fmt.Sprintf("%s[policy.ipv4]\nmonthly = \"%d B\"\nfloor = \"%d B/s\"\n[ledger]\nbilling_day = %d\n",
		q.plain, bytes, quotaFloor, q.billingDay)
	if err := os.WriteFile(q.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// spend records that so much went out over IPv4 in this month. The daemon must not run.
func (q *quotaRun) spend(t *testing.T, bytes int64) {
	t.Helper()
	books, err := ledger.Open(t.Context(), filepath.Join(q.state, ledger.FileName), ledger.Config{BillingDay: q.billingDay})
	if err != nil {
		t.Fatal(err)
	}
	earlier := ledger.Delta{Name: "earlier.iso", Family: family.V4, Traffic: ledger.Traffic{Payload: bytes}}
	if err := errors.Join(books.Record(t.Context(), []ledger.Delta{earlier}), books.Close()); err != nil {
		t.Fatal(err)
	}
}

// download has peers download over both families until the daemon hangs up, and then sends what they have received.
func (q *quotaRun) download(t *testing.T) <-chan load.Result {
	t.Helper()
	torrent := newVictim(t, q.daemon)
	plan := load.Plan{
		Torrent: load.Torrent{InfoHash: torrent.InfoHash, PieceLength: torrent.PieceLength, Length: torrent.Length()},
		Window:  time.Hour,
	}
	for _, f := range family.All {
		plan.Groups = append(plan.Groups, load.Group{
			Seeder:      netip.AddrPortFrom(peers.Loopback.Get(f), q.port),
			Connections: quotaPeers, InFlight: 100, BytesPerSecond: quotaFloor,
		})
	}
	received := make(chan load.Result, 1)
	t.Cleanup(func() {
		for range received { // it ends with the test's context at the latest
		}
	})
	go func() {
		defer close(received)
		result, err := load.Run(t.Context(), plan)
		if err != nil && t.Context().Err() == nil {
			t.Errorf("download: %v", err)
		}
		received <- result
	}()
	return received
}

// exhausted returns nil when nothing is left of IPv4's quota and its peers are choked, though they want more.
func (q *quotaRun) exhausted(ctx context.Context) error {
	status, err := q.status(ctx)
	if err != nil {
		return err
	}
	v4 := status.Families.V4
	if v4.Quota > 0 || v4.Unchoked > 0 || v4.Interested < quotaPeers {
		return fmt.Errorf("%d bytes are left; of %d interested peers %d are unchoked", v4.Quota, v4.Interested, v4.Unchoked)
	}
	return nil
}

// exceeds returns nil when more payload than that has gone out over f in this month, and all peers have stayed.
func (q *quotaRun) exceeds(f family.Family, bytes int64) func(context.Context) error {
	return func(ctx context.Context) error {
		status, err := q.status(ctx)
		if err != nil {
			return err
		}
		if sent := status.Month.Get(f).Payload; sent <= bytes {
			return fmt.Errorf("%d bytes over %v, want more than %d", sent, f, bytes)
		}
		for _, f := range family.All {
			if side := status.Families.Get(f); side.Connected != quotaPeers || side.Accepted != quotaPeers {
				return fmt.Errorf("%d of %d connections over %v are there, want those of %d peers",
					side.Connected, side.Accepted, f, quotaPeers)
			}
		}
		return nil
	}
}

// agrees returns nil when the ledger has all that went out over IPv4 in this month.
func (q *quotaRun) agrees(ctx context.Context, t *testing.T) error {
	status, err := q.status(ctx)
	if err != nil {
		return err
	}
	if recorded := q.reported(t).V4; recorded != status.Month.V4.Payload {
		return fmt.Errorf("the ledger has %d bytes over IPv4, the status %d", recorded, status.Month.V4.Payload)
	}
	return nil
}

// month is what the daemon says that went out in this month.
func (q *quotaRun) month(t *testing.T) family.Pair[wire.Traffic] {
	t.Helper()
	status, err := q.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status.Month
}

// compare holds what the ledger has in the end against what the peers say. They have not read all that was sent.
func (q *quotaRun) compare(t *testing.T, received load.Result) {
	t.Helper()
	const unread = quotaPeers * 8 << 20 // bytes in the system's buffers
	recorded, got := q.reported(t), received.Bytes()
	got.V4 += quota - quotaLeft
	for _, f := range family.All {
		if missing := recorded.Get(f) - got.Get(f); missing < 0 || missing > unread {
			t.Errorf("the ledger has %d bytes over %v, peers and earlier ones have got %d", recorded.Get(f), f, got.Get(f))
		}
	}
}
