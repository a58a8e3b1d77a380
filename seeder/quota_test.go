package seeder_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sixseed/policy/bandwidth"
	"sixseed/policy/budget"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// metered is a service whose quotas are under test. It is told when to do what it does from time to time.
type metered struct {
	*seeder.Service
	books    *books
	accounts *wire.Accounts
	gate     *bandwidth.Gate
	log      bytes.Buffer
	now      time.Time
}

// newMetered returns one that has sent something earlier in its month, of which half has passed.
func newMetered(t *testing.T, policy seeder.UploadPolicy, earlier family.Pair[wire.Traffic]) *metered {
	t.Helper()
	m := &metered{
		books: &books{
			totals: map[wire.InfoHash]family.Pair[wire.Traffic]{}, names: map[wire.InfoHash]string{}, earlier: earlier,
		},
		accounts: wire.NewAccounts(),
		gate:     bandwidth.New(bandwidth.None()),
		now:      time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC),
	}
	var err error
	m.Service, err = seeder.New(t.Context(), seeder.Config{
		Swarm: newCrowd(), Recorder: m.books, Accounts: m.accounts, Gate: m.gate, Upload: policy,
		Now: func() time.Time { return m.now }, Log: slog.New(slog.NewTextHandler(&m.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// send counts payload.
func (m *metered) send(f family.Family, payload int64) {
	m.accounts.Of(wire.InfoHash{1}, f).Add(wire.Traffic{Payload: payload})
}

// withQuota is a policy with a quota of both families and one of IPv4.
func withQuota(total, v4 int64) seeder.UploadPolicy {
	policy := unlimited()
	policy.Plan.Quota.Total, policy.Plan.Quota.Family.V4 = total, v4
	return policy
}

func TestQuota_CountsWhatIsSent(t *testing.T) {
	t.Parallel()
	m := newMetered(t, withQuota(10_000, 5_000), family.Pair[wire.Traffic]{
		V4: wire.Traffic{Payload: 900, Overhead: 100, Received: 77}, V6: wire.Traffic{Payload: 2000},
	})
	left := func(what string, total, v4 int64) {
		t.Helper()
		m.Plan()
		if got := m.Decision().Left; got.Total != total || got.Family.V4 != v4 {
			t.Errorf("%s: %d are left, %d of them for IPv4; want %d and %d", what, got.Total, got.Family.V4, total, v4)
		}
	}
	left("at the start", 7000, 4000)
	m.send(family.V4, 500)
	m.send(family.V6, 100)
	left("before it is recorded", 6400, 3500)
	m.Flush()
	left("once it is recorded", 6400, 3500)
	m.books.fail(errors.New("disk is full"))
	m.send(family.V4, 500)
	m.Flush()
	left("while nothing can be recorded", 5900, 3000)
	m.books.fail(nil)
	m.Flush()
	left("once it can again", 5900, 3000)
}

func TestQuota_Exhausted(t *testing.T) {
	t.Parallel()
	m := newMetered(t, withQuota(budget.Unlimited, 1e12), family.Pair[wire.Traffic]{V4: wire.Traffic{Payload: 1e12 - 1e9}})
	if got := m.gate.Limits(); got.Family.V4 == 0 {
		t.Error("IPv4 is stopped with something left")
	}
	m.send(family.V4, 1e9)
	m.Plan()
	want := bandwidth.None()
	want.Family.V4 = 0
	if got := m.gate.Limits(); got != want {
		t.Errorf("the limits are %+v, want %+v", got, want)
	}
	if reason := m.Decision().Reason.V4; !strings.Contains(reason, "IPv4 is stopped") {
		t.Errorf("the reason is %q", reason)
	}

	m.now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	m.books.earlier = family.Pair[wire.Traffic]{}
	m.books.totals = map[wire.InfoHash]family.Pair[wire.Traffic]{}
	m.Flush()
	m.Plan()
	if got := m.gate.Limits().Family.V4; got == 0 {
		t.Error("IPv4 is still stopped in the next month")
	}
}

func TestQuota_ForecastsGoByWhatWasSentOfLate(t *testing.T) {
	t.Parallel()
	m := newMetered(t, withQuota(1e15, 1e15), family.Pair[wire.Traffic]{V6: wire.Traffic{Payload: 1000}})
	forecast := func(what string, want int64) {
		t.Helper()
		m.Plan()
		if got := m.Decision().Forecast.V6; got != want {
			t.Errorf("%s: %d bytes by the end of the month, want %d", what, got, want)
		}
	}
	// The ledger does not go back, and so the month stands in: as much again in its second half.
	forecast("without a record", 2000)
	m.books.recent.V6 = wire.Traffic{Payload: 6_000, Overhead: 1_000}
	m.books.over = 7 * 24 * time.Hour
	forecast("before it is asked for", 2000)
	m.RefreshRecent()
	forecast("with a record", 16_000) // 1000 a day for 15 days
	m.books.recent.V6 = wire.Traffic{Payload: 70_000}
	m.books.fail(errors.New("disk is full"))
	m.RefreshRecent()
	forecast("while it cannot be read", 16_000)
	if log := m.log.String(); !strings.Contains(log, "older figures") || !strings.Contains(log, "disk is full") {
		t.Errorf("the log says %q", log)
	}
	m.books.fail(nil)
	m.RefreshRecent()
	forecast("once it can be again", 151_000)
}

func TestService_SetUploadTakesHoldAtOnce(t *testing.T) {
	t.Parallel()
	m := newMetered(t, unlimited(), family.Pair[wire.Traffic]{V4: wire.Traffic{Payload: 1000}})
	m.SetUpload(limited(5000))
	if got := m.gate.Limits().Upload; got != 5000 {
		t.Errorf("the limit is %d, want 5000", got)
	}
	m.SetUpload(withQuota(budget.Unlimited, 1000))
	if got := m.gate.Limits(); got.Family.V4 != 0 || got.Upload != bandwidth.Unlimited {
		t.Errorf("the limits are %+v, want IPv4 stopped", got)
	}
	m.SetUpload(unlimited())
	if got := m.gate.Limits(); got != bandwidth.None() {
		t.Errorf("the limits are %+v, want none", got)
	}
}

func TestService_SetUploadChangesTheCopies(t *testing.T) {
	t.Parallel()
	crowd := newCrowd()
	greedy := crowd.join(1, family.V4)
	service, err := seeder.New(t.Context(), seeder.Config{
		Swarm: crowd, Gate: bandwidth.New(bandwidth.None()), Upload: unlimited(), Recorder: &books{},
		Accounts: wire.NewAccounts(), Now: time.Now, Log: discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	greedy.send(3 * guestTorrent)
	service.Sample()
	if greedy.Status().Last {
		t.Error("a peer comes last though it may have any number of copies")
	}
	policy := unlimited()
	policy.Copies = 2
	service.SetUpload(policy)
	service.Sample()
	if !greedy.Status().Last {
		t.Error("a peer that has had three copies does not come last where it may have two")
	}
}
