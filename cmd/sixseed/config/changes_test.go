package config_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change        func(*config.Config)
		live, restart []string
	}{
		"None": {func(*config.Config) {}, nil, nil},
		"Library": {func(c *config.Config) {
			c.Library = config.Library{Dirs: []string{"/a"}, Trackers: [][]string{{"http://t.example.org/"}}, Webseeds: []string{"x"}}
		}, []string{"library.dirs", "library.create_torrents", "library.trackers", "library.webseeds"}, nil},
		"Peers": {func(c *config.Config) {
			c.Peers = config.Peers{Port: 1, MaxConnections: 1, Encryption: config.EncryptionOff}
		}, []string{
			"peers.max_connections", "peers.max_per_torrent", "peers.max_per_address", "peers.encryption",
		}, []string{"peers.port", "peers.dht", "peers.pex"}},
		"Deep": {func(c *config.Config) {
			c.Policy.UploadSlots = 8
			c.Policy.Tunnels = family.V6
			c.Policy.IPv4.Floor = 1
		}, []string{"policy.upload_slots", "policy.tunnels", "policy.ipv4.floor"}, nil},
		"Policy": {func(c *config.Config) {
			rate := config.Rate(1)
			c.Policy = config.Policy{Schedule: []config.Window{{Upload: &rate}}}
		}, []string{
			"policy.upload", "policy.monthly", "policy.peer_upload", "policy.address_upload", "policy.max_copies", "policy.prefixes",
			"policy.ipv6.upload", "policy.ipv6.monthly", "policy.ipv4.upload", "policy.ipv4.monthly", "policy.ipv4.dscp", "policy.schedule",
		}, nil},
		"Networks": {func(c *config.Config) {
			c.Policy.Prefixes = config.Prefixes{netip.MustParsePrefix("192.0.2.0/24"): family.ClassNever}
			c.Policy.IPv6.DSCP, c.Policy.IPv4.DSCP = 8, 0
		}, []string{"policy.prefixes", "policy.ipv6.dscp", "policy.ipv4.dscp"}, nil},
		"Lists": {func(c *config.Config) {
			c.Web.Listen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:8086")}
			c.StateDir = "/x"
		}, nil, []string{"state_dir", "web.listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			updated := config.Default()
			test.change(&updated)
			live, restart := config.Changes(config.Default(), updated)
			if diff := cmp.Diff([2][]string{test.live, test.restart}, [2][]string{live, restart}); diff != "" {
				t.Errorf("live and restart: want -, got +\n%s", diff)
			}
		})
	}
}

func TestChanges_SameZoneReadTwiceIsNoChange(t *testing.T) {
	t.Parallel()
	text := []byte(`ledger.time_zone = "America/New_York"`)
	first, err := config.Parse("x.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	second, err := config.Parse("x.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	if live, restart := config.Changes(first, second); live != nil || restart != nil {
		t.Errorf("changed: %q, %q", live, restart)
	}
}
