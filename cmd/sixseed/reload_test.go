package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/storage/library"
)

func TestDaemon_Apply(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	old := config.Default()
	old.Library.Dirs = []string{t.TempDir()}
	shelf, err := library.New(library.Config{Settings: librarySettings(old), TorrentsDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{
		log:      slog.New(slog.NewTextHandler(&lines, nil)),
		settings: old,
		library:  shelf,
		endpoint: wire.NewEndpoint(nil, wire.NewAccounts(), family.Classifier{}, wireSettings(old)),
	}

	updated := old
	updated.Peers.Encryption = config.EncryptionRequire
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
	for _, want := range []string{"changed=[peers.encryption]", "keys=[peers.port]"} {
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
	torrents := t.TempDir()
	shelf, err := library.New(library.Config{Settings: librarySettings(old), TorrentsDir: torrents})
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{
		log: slog.New(slog.DiscardHandler), settings: old, library: shelf,
		endpoint: wire.NewEndpoint(nil, wire.NewAccounts(), family.Classifier{}, wireSettings(old)),
	}
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
