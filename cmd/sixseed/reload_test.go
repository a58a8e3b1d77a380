package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/config"
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
	endpoint := wire.NewEndpoint(wire.Config{Accounts: wire.NewAccounts(), Settings: wireSettings(settings), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	service, err := seeder.New(t.Context(), seeder.Config{
		Swarm: seeder.SwarmOf(endpoint), Accounts: wire.NewAccounts(), Recorder: recorder{books}, Now: time.Now, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &daemon{log: log, settings: settings, library: shelf, endpoint: endpoint, service: service}, torrents
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
	updated.Peers.Port = 7000
	if err := d.apply(updated); err != nil {
		t.Fatal(err)
	}
	if got := d.endpoint.Encryption(); got != wire.EncryptionRequire {
		t.Errorf("encryption is %v", got)
	}
	if got := d.service.SlotLimit(); got != 40 {
		t.Errorf("%d upload slots", got)
	}
	if d.settings.Peers.Port != old.Peers.Port {
		t.Error("a port that is not in use counts as applied")
	}
	for _, want := range []string{"changed=\"[peers.encryption policy.upload_slots]\"", "keys=[peers.port]"} {
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
