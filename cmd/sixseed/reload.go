package main

import (
	"context"
	"log/slog"
	"os"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
	"sixseed/storage/library"
)

// reloadOn reads the configuration again whenever the daemon is asked to, until ctx ends.
func (d *daemon) reloadOn(ctx context.Context, hangups <-chan os.Signal) error {
	return reloadOn(ctx, hangups, d.log, d.reread)
}

// reloadOn calls reread at every signal, until ctx ends.
func reloadOn(ctx context.Context, hangups <-chan os.Signal, log *slog.Logger, reread func() error) error {
	tell := notifier{log}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			tell.reloading()
			if err := reread(); err != nil {
				log.Error("configuration stays as it was", "error", err)
			}
			tell.ready()
		}
	}
}

// apply takes over what can change without a peer noticing, and says what needs a restart.
func (d *daemon) apply(settings config.Config) error {
	live, restart := config.Changes(d.settings, settings)
	if err := d.library.Reconfigure(librarySettings(settings)); err != nil {
		return err
	}
	d.torrents.setPublish(settings.Tracker.Publish)
	d.settings.Tracker.Publish = settings.Tracker.Publish
	d.settings.Library = settings.Library
	d.settings.Peers.Encryption = settings.Peers.Encryption
	d.settings.Peers.MaxConnections = settings.Peers.MaxConnections
	d.settings.Peers.MaxPerTorrent = settings.Peers.MaxPerTorrent
	d.settings.Peers.MaxPerAddress = settings.Peers.MaxPerAddress
	d.settings.Policy = settings.Policy
	d.endpoint.Apply(wireSettings(d.settings))
	d.service.SetUpload(uploadPolicy(d.settings)) // by the calendar that the ledger was opened with
	d.service.SetSlots(int(d.settings.Policy.UploadSlots))
	d.log.Info("configuration was read again", "changed", live)
	if len(restart) > 0 {
		d.log.Warn("some changes take effect after a restart", "keys", restart)
	}
	return nil
}

func librarySettings(settings config.Config) library.Settings {
	return library.Settings{
		Dirs:           settings.Library.Dirs,
		CreateTorrents: settings.Library.CreateTorrents,
		Trackers:       settings.Library.Trackers,
		Webseeds:       settings.Library.Webseeds,
	}
}

// uploadPolicy is what the configuration says of the upload, but for slots.
func uploadPolicy(settings config.Config) seeder.UploadPolicy {
	return seeder.UploadPolicy{
		Auto:    settings.Policy.Upload.Auto,
		Plan:    uploadPlan(settings),
		Peer:    int64(settings.Policy.PeerUpload),
		Address: int64(settings.Policy.AddressUpload),
		Copies:  settings.Policy.MaxCopies,
	}
}

func wireSettings(settings config.Config) wire.Settings {
	policies := map[config.Encryption]wire.Encryption{
		config.EncryptionAllow:   wire.EncryptionAllow,
		config.EncryptionRequire: wire.EncryptionRequire,
		config.EncryptionOff:     wire.EncryptionOff,
	}
	return wire.Settings{
		Encryption:     policies[settings.Peers.Encryption],
		MaxConnections: settings.Peers.MaxConnections,
		MaxPerTorrent:  settings.Peers.MaxPerTorrent,
		MaxPerAddress:  settings.Peers.MaxPerAddress,
		Classifier: family.Classifier{
			Tunnels:  settings.Policy.Tunnels,
			Prefixes: family.NewPrefixes(settings.Policy.Prefixes),
		},
		DSCP: family.Pair[uint8]{V4: uint8(settings.Policy.IPv4.DSCP), V6: uint8(settings.Policy.IPv6.DSCP)},
	}
}
