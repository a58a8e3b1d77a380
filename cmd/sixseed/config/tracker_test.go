package config_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
)

func TestParse_Tracker(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("x.toml", []byte(`
		[tracker]
		listen = ["0.0.0.0:6969", "[::]:6969"]
		access = "open"
		list = "/etc/list/"
		deny = "/etc/deny"
		publish = ["udp://t.example.org:6969/announce"]
		interval = "1h30m"
		private_addresses = true
		probe = true
		trusted_proxies = ["127.0.0.1", "2001:db8::/32", "::1"]
		[tracker.https]
		listen = ["[::]:443"]
		certificate = "/etc/certificate"
		key = "/etc/key"
		[tracker.limits]
		peers_per_64 = 0
		announces_per_ipv4 = 7
	`))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default().Tracker
	want.Listen = []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:6969"), netip.MustParseAddrPort("[::]:6969")}
	want.Access, want.List, want.Deny = config.AccessOpen, "/etc/list", "/etc/deny"
	want.Publish = []string{"udp://t.example.org:6969/announce"}
	want.Interval, want.PrivateAddresses, want.Probe = config.Interval(90*time.Minute), true, true
	want.TrustedProxies = []netip.Prefix{
		netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("::1/128"),
	}
	want.HTTPS = config.TrackerHTTPS{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("[::]:443")}, Certificate: "/etc/certificate", Key: "/etc/key",
	}
	want.Limits.PeersPer64, want.Limits.AnnouncesPerIPv4 = 0, 7
	if diff := cmp.Diff(want, got.Tracker, byValue); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestParse_TrackerNamesEveryProblem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"Values": {
			`[tracker]
			deny = "deny.txt"
			interval = "30"
			publish = ["udp://t.example.org"]
			trusted_proxies = ["10.0.0.1/8", "proxy", "::ffff:10.0.0.0/104", 5]
			listen = ["[::]:6969"]
			limits.peers_per_64 = -1`,
			[]string{
				`x.toml:2: tracker.deny: "deny.txt" is not an absolute path: start it with /`,
				`x.toml:3: tracker.interval: "30" is not a duration: use one like "30m" or "1h30m"`,
				`x.toml:4: tracker.publish[0]: "udp://t.example.org" has no port, which udp needs: write it after the host, as in udp://HOST:6969`,
				`x.toml:5: tracker.trusted_proxies[0]: "10.0.0.1/8" has bits set behind its /8: did you mean "10.0.0.0/8"?`,
				`x.toml:5: tracker.trusted_proxies[1]: "proxy" is not a network: use one like "10.0.0.0/8" or "2001:db8::/32", or an address`,
				`x.toml:5: tracker.trusted_proxies[2]: "::ffff:10.0.0.0/104" is IPv4 written as IPv6: write it as IPv4`,
				`x.toml:5: tracker.trusted_proxies[3]: is an integer, must be a string`,
				`x.toml:7: tracker.limits.peers_per_64: -1 is out of range: use 0 to 1000000`,
			},
		},
		"IntervalOutOfRange": {
			`tracker.interval = "1m"`,
			[]string{`x.toml:1: tracker.interval: "1m" is out of range: use "5m" to "12h"`},
		},
		"Addresses": {
			`[tracker]
			listen = ["0.0.0.0:6969", "127.0.0.1:8086", "[::]:6881"]
			[tracker.https]
			listen = ["127.0.0.1:6969"]
			certificate = "/c"
			key = "/k"`,
			[]string{
				`x.toml: web.listen[0]: "127.0.0.1:8086" is named twice (web.listen is not set: this is its default)`,
				`x.toml:2: tracker.listen[2]: "[::]:6881" has the port of peers.port, which is taken on every address: choose another port`,
				`x.toml:4: tracker.https.listen[0]: "127.0.0.1:6969" and "0.0.0.0:6969" are taken by the same listener: name one of them, or change its port`,
			},
		},
		"HTTPSWithoutFiles": {
			`tracker.https.listen = ["[::]:443"]`,
			[]string{
				`x.toml: tracker.https.certificate: is empty, and tracker.https.listen needs it: name a PEM file (tracker.https.certificate is not set: this is its default)`,
				`x.toml: tracker.https.key: is empty, and tracker.https.listen needs it: name a PEM file (tracker.https.key is not set: this is its default)`,
			},
		},
		"WithoutListener": {
			"tracker.publish = [\"http://t.example.org/announce\"]\ntracker.https.key = \"/k\"",
			[]string{
				`x.toml:1: tracker.publish: names a tracker that does not run: tracker.listen is empty`,
				`x.toml:2: tracker.https.key: is of no use: tracker.https.listen is empty`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, problemsOf(t, test.text)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestLoad_LooksAtTheTrackersFiles(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "iso/", "list")
	text := "library.dirs = [\"ROOT/iso\"]\n[tracker]\nlist = \"ROOT/list\"\ndeny = \"ROOT/none\"\n" +
		"https.certificate = \"ROOT/iso\"\nhttps.key = \"ROOT/list/key\"\n"
	if _, err := config.Load(writeConfig(t, root, "library.dirs = [\"ROOT/iso\"]\ntracker.deny = \"ROOT/none\""), config.Overrides{}); err != nil {
		t.Errorf("without a tracker its files are looked at: %v", err)
	}
	_, err := config.Load(writeConfig(t, root, text+"https.listen = [\"[::]:443\"]\n"), config.Overrides{})
	want := `ROOT/config.toml:4: tracker.deny: "ROOT/none" does not exist` + "\n" +
		`ROOT/config.toml:5: tracker.https.certificate: "ROOT/iso" is not a file` + "\n" +
		`ROOT/config.toml:6: tracker.https.key: "ROOT/list/key" cannot be looked at: not a directory`
	if diff := cmp.Diff(want, textOf(err, root)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestLoad_UnreadableTrackerFile(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root reads every file")
	}
	root := makeTree(t, "list")
	if err := os.Chmod(filepath.Join(root, "list"), 0o200); err != nil {
		t.Fatal(err)
	}
	file := writeConfig(t, root, "tracker.listen = [\"[::]:6969\"]\ntracker.list = \"ROOT/list\"")
	_, err := config.LoadTracker(file, config.Overrides{})
	want := fmt.Sprintf(`ROOT/config.toml:2: tracker.list: "ROOT/list" cannot be read by user %d: permission denied`, os.Getuid())
	if got := textOf(err, root); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLoadTracker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"Open": {"library.dirs = []\ntracker.listen = [\"[::]:6969\"]\ntracker.access = \"open\"", "<nil>"},
		"List": {"library.dirs = [\"/none\"]\ntracker.listen = [\"[::]:6969\"]\ntracker.list = \"ROOT/list\"", "<nil>"},
		"NothingToRun": {
			"tracker.access = \"open\"",
			`ROOT/config.toml: tracker.listen: names no address: there is nothing to run (tracker.listen is not set: this is its default)`,
		},
		"NothingToTrack": {
			"tracker.listen = [\"[::]:6969\"]\ntracker.publish = [\"http://t.example.org/announce\"]",
			`ROOT/config.toml: tracker.list: names no file, and nothing is seeded here: nothing would be tracked. Name one, or set tracker.access to "open" (tracker.list is not set: this is its default)` + "\n" +
				`ROOT/config.toml:2: tracker.publish: is of no use: a tracker alone has no .torrent files to serve`,
		},
		"BadAddress": {
			"tracker.listen = [\"[::]\"]\ntracker.access = \"open\"",
			`ROOT/config.toml:1: tracker.listen[0]: "[::]" is not an IP address with a port: use one like "127.0.0.1:8086" or "[::1]:8086"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := makeTree(t, "list")
			_, err := config.LoadTracker(writeConfig(t, root, test.text), config.Overrides{})
			if diff := cmp.Diff(test.want, textOf(err, root)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestInterval_String(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"5m", "12h", "1h30m", "30m", "5m30s", "1h0m1s"} {
		var read config.Interval
		if err := read.UnmarshalText([]byte(text)); err != nil {
			t.Error(err)
		}
		if read.String() != text {
			t.Errorf("%q is written as %q", text, read)
		}
	}
}

func TestChanges_Tracker(t *testing.T) {
	t.Parallel()
	updated := config.Default()
	updated.Tracker.Publish = []string{"udp://t.example.org:6969"}
	updated.Tracker.HTTPS.Key = "/key"
	updated.Tracker.Limits.Swarms = 1
	live, restart := config.Changes(config.Default(), updated)
	want := [2][]string{{"tracker.publish"}, {"tracker.https.key", "tracker.limits.swarms"}}
	if diff := cmp.Diff(want, [2][]string{live, restart}); diff != "" {
		t.Errorf("live and restart (-want +got):\n%s", diff)
	}
}
