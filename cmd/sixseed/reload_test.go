package main

import (
	"bytes"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
	"sixseed/storage/ledger"
	"sixseed/storage/library"
)

// newApplied returns a daemon that has what apply needs, with the library's own directory for what is made.
func newApplied(t *testing.T, log *slog.Logger, settings config.Config) (d *daemon, torrents string) {
	t.Helper()
	torrents = t.TempDir()
	shelf, err := library.New(library.Config{Settings: librarySettings(settings), TorrentsDir: torrents})
	if err != nil {
		t.Fatal(err)
	}
	books, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{Zone: time.UTC, BillingDay: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = books.Close() })
	limits := bandwidth.New(bandwidth.None())
	endpoint := wire.NewEndpoint(wire.Config{
		Gate: gate{limits}, Accounts: wire.NewAccounts(), Settings: wireSettings(settings), Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	service, err := seeder.New(t.Context(), seeder.Config{
		Swarm: seeder.SwarmOf(endpoint), Accounts: wire.NewAccounts(), Recorder: recorder{books},
		Gate: limits, Upload: uploadPolicy(settings), Now: time.Now, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &daemon{log: log, settings: settings, library: shelf, gate: limits, endpoint: endpoint, service: service}, torrents
}

func TestDaemon_Apply(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	old := config.Default()
	old.Library.Dirs = []string{t.TempDir()}
	d, _ := newApplied(t, slog.New(slog.NewTextHandler(&lines, nil)), old)

	updated := old
	updated.Peers.Encryption = config.EncryptionRequire
	updated.Policy.UploadSlots = 40
	updated.Policy.Prefixes = config.Prefixes{netip.MustParsePrefix("192.0.2.0/24"): family.ClassNever}
	updated.Policy.Tunnels = family.V6
	updated.Policy.IPv6.DSCP, updated.Policy.IPv4.DSCP = 8, 0
	updated.Peers.Port = 7000
	if err := d.apply(updated); err != nil {
		t.Fatal(err)
	}
	if got := d.endpoint.Encryption(); got != wire.EncryptionRequire {
		t.Errorf("encryption is %v", got)
	}
	if d.settings.Peers.Port != old.Peers.Port {
		t.Error("a port that is not in use counts as applied")
	}
	const changed = "[peers.encryption policy.upload_slots policy.tunnels policy.prefixes policy.ipv6.dscp policy.ipv4.dscp]"
	for _, want := range []string{"changed=\"" + changed + "\"", "keys=[peers.port]"} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log does not say %s:\n%s", want, &lines)
		}
	}

	lines.Reset()
	if err := d.apply(updated); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines.String(), "changed=[]") || !strings.Contains(lines.String(), "keys=[peers.port]") {
		t.Errorf("read again without a change, the log says:\n%s", &lines)
	}
}

// What may be sent changes at once. Days, months and hours stay those of the calendar that the ledger was opened with.
func TestDaemon_ApplyPolicy(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	old := config.Default()
	old.Library.Dirs = []string{t.TempDir()}
	d, _ := newApplied(t, slog.New(slog.NewTextHandler(&lines, nil)), old)
	if got := d.gate.Limits(); got.Upload != bandwidth.Unlimited || got.Family.V6 != bandwidth.Unlimited {
		t.Errorf("by default the limits are %+v", got)
	}

	updated := old
	updated.Policy.Upload = config.AutoRate{Rate: 9e6}
	updated.Policy.IPv6.Upload, updated.Policy.IPv4.Monthly = 8e6, 0
	updated.Policy.PeerUpload, updated.Policy.AddressUpload = 2e6, 3e6
	updated.Policy.Schedule = []config.Window{{IPv6Upload: new(config.Rate(7e6))}} // always
	updated.Ledger.BillingDay = 15
	if err := d.apply(updated); err != nil {
		t.Fatal(err)
	}
	want := bandwidth.Limits{Upload: 9e6, Family: family.Pair[int64]{V4: 0, V6: 7e6}, Peer: 2e6, Address: 3e6}
	if diff := cmp.Diff(want, d.gate.Limits()); diff != "" {
		t.Errorf("limits: want -, got +\n%s", diff)
	}
	if d.settings.Ledger.BillingDay != 1 {
		t.Error("another billing day counts as applied, and the ledger does not know it")
	}
	if !strings.Contains(lines.String(), "keys=[ledger.billing_day]") || !strings.Contains(lines.String(), "policy.schedule]") {
		t.Errorf("the log does not say what is applied and what is not:\n%s", &lines)
	}
}

func TestDaemon_ApplyRefused(t *testing.T) {
	t.Parallel()
	old := config.Default()
	old.Library.Dirs = []string{t.TempDir()}
	d, torrents := newApplied(t, slog.New(slog.DiscardHandler), old)
	updated := old
	updated.Library.Dirs = []string{torrents} // would be written to
	updated.Peers.Encryption = config.EncryptionOff
	if err := d.apply(updated); err == nil {
		t.Error("the directory of made torrents was taken as a library")
	}
	if d.endpoint.Encryption() != wire.EncryptionAllow {
		t.Error("a configuration that was refused was applied in part")
	}
}

func TestWireSettings_Networks(t *testing.T) {
	t.Parallel()
	settings := config.Default()
	settings.Policy.Tunnels = family.V6
	settings.Policy.Prefixes = config.Prefixes{
		netip.MustParsePrefix("192.0.2.0/24"):    family.ClassNever,
		netip.MustParsePrefix("198.51.100.0/24"): family.ClassV6,
	}
	settings.Policy.IPv6.DSCP = 8
	got := wireSettings(settings)
	if got.Classifier.Serves(netip.MustParseAddr("192.0.2.1")) {
		t.Error("a network is served that never shall be")
	}
	for _, address := range []string{"198.51.100.1", "2002::1"} {
		if f := got.Classifier.Of(netip.MustParseAddr(address)); f != family.V6 {
			t.Errorf("%s counts as %v, want ipv6", address, f)
		}
	}
	if want := (family.Pair[uint8]{V4: 1, V6: 8}); got.DSCP != want {
		t.Errorf("DSCP %+v, want %+v", got.DSCP, want)
	}
}
