package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"sixseed/policy/family"
)

// transmission is transmission-daemon, driven through its folder alone: it starts what lies in torrents/, and a script
// that it calls for a complete torrent ends it.
type transmission struct{}

var _ Client = transmission{}

func (transmission) Name() string    { return "transmission" }
func (transmission) Program() string { return "transmission-daemon" }
func (transmission) Loopback() bool  { return false }

func (transmission) Download(ctx context.Context, job Job) error {
	return withTransmission(job, true, func(arguments ...string) error { return job.run(ctx, "env", arguments...) })
}

func (transmission) Seed(ctx context.Context, job Job) error {
	return withTransmission(job, false, func(arguments ...string) error { return job.serve(ctx, "env", arguments...) })
}

// withTransmission calls run with the arguments of env for a job, while the folder exists that those name.
func withTransmission(job Job, endWhenComplete bool, run func(arguments ...string) error) error {
	folder, err := os.MkdirTemp("", "transmission-")
	if err != nil {
		return fmt.Errorf("make transmission's folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := prepareTransmission(job, folder, endWhenComplete); err != nil {
		return fmt.Errorf("prepare transmission's folder: %w", err)
	}
	command := []string{"transmission-daemon", "--foreground", "--log-info", "--config-dir", folder}
	if job.Output != nil {
		command = append([]string{"TR_DEBUG_FD=2"}, command...)
	}
	return run(command...)
}

// prepareTransmission puts into folder the settings, the torrent and the script.
func prepareTransmission(job Job, folder string, endWhenComplete bool) error {
	torrent, err := os.ReadFile(job.Torrent)
	if err != nil {
		return err
	}
	script := filepath.Join(folder, "complete")
	all := transmissionSettings(job)
	all["script-torrent-done-enabled"], all["script-torrent-done-filename"] = endWhenComplete, script
	settings, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	for _, file := range []struct {
		path string
		data []byte
		mode os.FileMode
	}{
		{filepath.Join(folder, "settings.json"), settings, 0o600},
		{filepath.Join(folder, "torrents", "job.torrent"), torrent, 0o600},
		{filepath.Join(folder, "blocklists", "ipv4"), []byte(allOfIPv4), 0o600},
		{script, []byte("#!/bin/sh\nkill -TERM $PPID\n"), 0o700},
	} {
		if err := os.MkdirAll(filepath.Dir(file.path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file.path, file.data, file.mode); err != nil {
			return err
		}
	}
	return nil
}

// allOfIPv4 is a blocklist.
const allOfIPv4 = "all of IPv4:0.0.0.1-255.255.255.255\n"

func transmissionSettings(job Job) map[string]any {
	// Trackers are reached from the IPv4 address if one is set, else from the IPv6 address, and peers from the address of
	// their family. For a download over IPv4, an IPv6 address that this machine does not have (RFC 6666) keeps from IPv6
	// peers. The same the other way round would keep from all trackers; a blocklist keeps from IPv4 peers instead.
	ipv4, ipv6 := job.Bind.String(), "100::1"
	onlyIPv6 := family.Of(job.Bind) == family.V6
	if onlyIPv6 {
		ipv4, ipv6 = "0.0.0.0", job.Bind.String()
	}
	const preferPlain, requireEncryption = 0, 2
	encryption := preferPlain
	if job.Encrypt {
		encryption = requireEncryption
	}
	return map[string]any{
		"bind-address-ipv4":         ipv4,
		"bind-address-ipv6":         ipv6,
		"blocklist-enabled":         onlyIPv6,
		"encryption":                encryption,
		"download-dir":              job.Dir,
		"speed-limit-down-enabled":  job.Limit > 0,
		"speed-limit-down":          job.Limit / 1000, // kB/s
		"peer-port-random-on-start": true,
		"port-forwarding-enabled":   false,
		"dht-enabled":               false,
		"lpd-enabled":               false,
		"pex-enabled":               false,
		"utp-enabled":               false,
		"rpc-enabled":               false,
	}
}
