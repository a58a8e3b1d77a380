package config_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
)

// byValue lets cmp look at addresses and time zones.
var byValue = cmp.Options{
	cmpopts.EquateComparable(netip.AddrPort{}, netip.Prefix{}),
	cmp.Comparer(func(a, b config.Zone) bool { return a.String() == b.String() }),
}

// problemsOf returns what is wrong with a text, a line each.
func problemsOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := config.Parse("x.toml", []byte(text))
	if err == nil {
		return nil
	}
	var problems config.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("%v is not Problems", err)
	}
	return strings.Split(err.Error(), "\n")
}

func TestParse_TakesEveryKindOfValue(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("x.toml", []byte(`
		state_dir = "/var/seed/"
		[library]
		dirs = ["/a", "/b//c/"]
		create_torrents = false
		trackers = [["http://t.example.org/announce", "https://t.example.org:443/a?k=v"], ["udp://[2001:db8::1]:6969"]]
		webseeds = ["https://mirror.example.org/iso/", "ftp://mirror.example.org/"]
		[peers]
		port = 51413
		encryption = "require"
		max_per_torrent = 300
		max_per_address = 16
		dht = false
		pex = false
		[policy]
		upload = "400 Mbit/s"
		upload_slots = 40
		monthly = "5 TB"
		peer_upload = "20 Mbit/s"
		address_upload = "50 MB/s"
		max_copies = 0
		tunnels = "ipv6"
		[policy.ipv6]
		upload = "unlimited"
		monthly = "4 TB"
		[policy.ipv4]
		upload = "300 Mbit/s"
		floor = "1 MB/s"
		monthly = "500 GiB"
		[web]
		listen = ["192.0.2.1:80", "[2001:db8::1]:80"]
		[ledger]
		time_zone = "Europe/Berlin"
		billing_day = 31
	`))
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.StateDir = "/var/seed"
	want.Library = config.Library{
		Dirs: []string{"/a", "/b/c"},
		Trackers: [][]string{
			{"http://t.example.org/announce", "https://t.example.org:443/a?k=v"},
			{"udp://[2001:db8::1]:6969"},
		},
		Webseeds: []string{"https://mirror.example.org/iso/", "ftp://mirror.example.org/"},
	}
	want.Peers = config.Peers{
		Port: 51413, MaxConnections: 2000, MaxPerTorrent: 300, MaxPerAddress: 16, Encryption: config.EncryptionRequire,
	}
	want.Policy = config.Policy{
		Upload: config.AutoRate{Rate: 50e6}, UploadSlots: 40, Monthly: 5e12, PeerUpload: 2.5e6, AddressUpload: 50e6, MaxCopies: 0,
		Tunnels: family.V6, Prefixes: config.Prefixes{},
		IPv6:     config.IPv6Policy{Upload: config.UnlimitedRate, Monthly: 4e12},
		IPv4:     config.IPv4Policy{Upload: 37.5e6, Floor: 1e6, Monthly: 500 << 30, DSCP: config.LowerEffort},
		Schedule: []config.Window{},
	}
	want.Web.Listen = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:80"), netip.MustParseAddrPort("[2001:db8::1]:80")}
	want.Ledger = config.Ledger{TimeZone: config.Zone{Location: berlin}, BillingDay: 31}
	if diff := cmp.Diff(want, got, byValue); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestParse_EmptyTextIsTheDefault(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("x.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, byValue); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestParse_NamesEveryProblem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"UnknownKeys": {
			"statedir = \"/x\"\nport = 5\n[library]\ndir = []\n[ledgers]\nx = 1\ny = 2\n[a.b.c]\n",
			[]string{
				"x.toml:1: statedir: unknown key; did you mean state_dir?",
				"x.toml:2: port: unknown key; did you mean peers.port?",
				"x.toml:4: library.dir: unknown key; did you mean library.dirs?",
				"x.toml:5: ledgers: unknown key; did you mean ledger?",
				"x.toml:8: a: unknown key",
			},
		},
		"WrongTypes": {
			`state_dir = 5
			peers = "all"
			[library]
			dirs = "/srv/iso"
			create_torrents = "yes"
			trackers = ["http://t.example.org/announce"]
			webseeds = [5]
			[policy]
			upload = 400
			upload_slots = 1.5
			[policy.ipv4.floor]
			rate = 1
			[[web]]
			[ledger]
			billing_day = 2026-01-01
			time_zone = [1]`,
			[]string{
				`x.toml:1: state_dir: is an integer, must be a string`,
				`x.toml:2: peers: is a string, must be a table: write [peers]`,
				`x.toml:4: library.dirs: is a string, must be a list of strings: ["..."]`,
				`x.toml:5: library.create_torrents: is a string, must be true or false, without quotes`,
				`x.toml:6: library.trackers[0]: is a string, must be a list of strings: ["..."]`,
				`x.toml:7: library.webseeds[0]: is an integer, must be a string`,
				`x.toml:9: policy.upload: is an integer, must be a string`,
				`x.toml:10: policy.upload_slots: 1.5 is not a number of upload slots: use "auto" or 1 to 1000000`,
				`x.toml:11: policy.ipv4.floor: is a table, must be a string`,
				`x.toml:13: web: is a list of tables, must be a table: write [web]`,
				`x.toml:15: ledger.billing_day: is a date, must be an integer`,
				`x.toml:16: ledger.time_zone: is a list, must be a string`,
			},
		},
		"ValuesOutOfRange": {
			`[peers]
			port = 0
			max_connections = -1
			encryption = "Require"
			max_per_torrent = 0
			max_per_address = 1000001
			[policy]
			tunnels = "inet6"
			upload_slots = 0
			max_copies = 1000001
			monthly = "5 Tb"
			peer_upload = "-1 MB/s"
			[tracker]
			access = "all"
			[ledger]
			billing_day = 32
			time_zone = "Mars/Olympus"`,
			[]string{
				`x.toml:2: peers.port: 0 is out of range: use 1 to 65535`,
				`x.toml:3: peers.max_connections: -1 is out of range: use 1 to 1000000`,
				`x.toml:4: peers.encryption: "Require" is not one of the choices: use "allow", "require" or "off"`,
				`x.toml:5: peers.max_per_torrent: 0 is out of range: use 1 to 1000000`,
				`x.toml:6: peers.max_per_address: 1000001 is out of range: use 1 to 1000000`,
				`x.toml:8: policy.tunnels: "inet6" is not an address family: use "ipv4" or "ipv6"`,
				`x.toml:9: policy.upload_slots: 0 is not a number of upload slots: use "auto" or 1 to 1000000`,
				`x.toml:10: policy.max_copies: 1000001 is out of range: use 0 to 1000000`,
				`x.toml:11: policy.monthly: "5 Tb" has an unknown unit, "Tb": did you mean "TB"?`,
				`x.toml:12: policy.peer_upload: "-1 MB/s" is negative: use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`,
				`x.toml:14: tracker.access: "all" is not one of the choices: use "listed" or "open"`,
				`x.toml:16: ledger.billing_day: 32 is out of range: use 1 to 31`,
				`x.toml:17: ledger.time_zone: "Mars/Olympus" is not a time zone: use a name such as "UTC" or "Europe/Berlin"`,
			},
		},
		"Paths": {
			"state_dir = \"\"\nlibrary.dirs = [\"iso\", \"~/iso\"]\ntracker.list = \"list.txt\"",
			[]string{
				`x.toml:1: state_dir: "" is not an absolute path: start it with /`,
				`x.toml:2: library.dirs[0]: "iso" is not an absolute path: start it with /`,
				`x.toml:2: library.dirs[1]: "~/iso" is not an absolute path: start it with /`,
				`x.toml:3: tracker.list: "list.txt" is not an absolute path: start it with /`,
			},
		},
		"NothingToSeed": {
			"library.dirs = []",
			[]string{"x.toml:1: library.dirs: names no directory: there is nothing to seed"},
		},
		"Trackers": {
			`[library]
			trackers = [["wss://t.example.org"], [], ["HTTP://t.example.org/", "udp://t.example.org", "http:///announce"],
			  ["http://user@t.example.org/", "http://t.example.org/#", "http://t.example.org:99999/", "http://t.example.org:/", "://"]]`,
			[]string{
				`x.toml:2: library.trackers[0][0]: "wss://t.example.org" is not the URL of a tracker: it must start with http://, https:// or udp://`,
				`x.toml:2: library.trackers[1]: is an empty tier: name a tracker in it, or remove it`,
				`x.toml:2: library.trackers[2][0]: "HTTP://t.example.org/" is not the URL of a tracker: it must start with http://, https:// or udp://`,
				`x.toml:2: library.trackers[2][1]: "udp://t.example.org" has no port, which udp needs: write it after the host, as in udp://HOST:6969`,
				`x.toml:2: library.trackers[2][2]: "http:///announce" is not the URL of a tracker: it names no host`,
				`x.toml:2: library.trackers[3][0]: "http://user@t.example.org/" is not the URL of a tracker: it must not hold a user name`,
				`x.toml:2: library.trackers[3][1]: "http://t.example.org/#" is not the URL of a tracker: it must not hold a fragment (#)`,
				`x.toml:2: library.trackers[3][2]: "http://t.example.org:99999/" is not the URL of a tracker: its port must be 1 to 65535`,
				`x.toml:2: library.trackers[3][3]: "http://t.example.org:/" is not the URL of a tracker: its port must be 1 to 65535`,
				`x.toml:2: library.trackers[3][4]: "://" is not the URL of a tracker: it cannot be read`,
			},
		},
		"Webseeds": {
			`library.webseeds = ["https://m.example.org/iso", "udp://m.example.org/"]`,
			[]string{
				`x.toml:1: library.webseeds[0]: "https://m.example.org/iso" would be one file for all releases: end it in / and their names are appended`,
				`x.toml:1: library.webseeds[1]: "udp://m.example.org/" is not the URL of a web server: it must start with http://, https:// or ftp://`,
			},
		},
		"Addresses": {
			`[web]
			listen = ["localhost:80", "[::1]", "127.0.0.1:0", "127.0.0.1:6881",
				"127.0.0.1:80", "[::1]:80", "127.0.0.1:80", "0.0.0.0:80", "[::ffff:127.0.0.1]:80", "[::]:81"]`,
			[]string{
				`x.toml:2: web.listen[0]: "localhost:80" is not an IP address with a port: use one like "127.0.0.1:8086" or "[::1]:8086"`,
				`x.toml:2: web.listen[1]: "[::1]" is not an IP address with a port: use one like "127.0.0.1:8086" or "[::1]:8086"`,
				`x.toml:2: web.listen[2]: "127.0.0.1:0" is not an IP address with a port: use one like "127.0.0.1:8086" or "[::1]:8086"`,
				`x.toml:2: web.listen[3]: "127.0.0.1:6881" has the port of peers.port, which is taken on every address: choose another port`,
				`x.toml:2: web.listen[6]: "127.0.0.1:80" is named twice`,
				`x.toml:2: web.listen[7]: "0.0.0.0:80" and "127.0.0.1:80" are taken by the same listener: name one of them, or change its port`,
				`x.toml:2: web.listen[8]: "[::ffff:127.0.0.1]:80" and "127.0.0.1:80" are taken by the same listener: name one of them, or change its port`,
			},
		},
		"DefaultInTheWay": {
			"peers.port = 8086",
			[]string{
				`x.toml: web.listen[0]: "127.0.0.1:8086" has the port of peers.port, which is taken on every address: choose another port (web.listen is not set: this is its default)`,
				`x.toml: web.listen[1]: "[::1]:8086" has the port of peers.port, which is taken on every address: choose another port (web.listen is not set: this is its default)`,
			},
		},
		"FloorAboveLimits": {
			"policy.upload = \"unlimited\"\npolicy.ipv4.upload = \"8 Mbit/s\"\npolicy.ipv4.floor = \"2 MB/s\"",
			[]string{
				`x.toml:3: policy.ipv4.floor: "16 Mbit/s" is more than policy.ipv4.upload, "8 Mbit/s"`,
			},
		},
		"FloorAboveSharedLimit": {
			"policy.upload = \"1 MB/s\"\npolicy.ipv4.floor = \"2 MB/s\"",
			[]string{
				`x.toml:2: policy.ipv4.floor: "16 Mbit/s" is more than policy.upload, "8 Mbit/s"`,
			},
		},
		"FloorWithoutEnd": {
			"policy.ipv4.floor = \"unlimited\"",
			[]string{`x.toml:1: policy.ipv4.floor: "unlimited" is no rate to keep: use one such as "10 Mbit/s", or "0"`},
		},
		"BadLimitHidesNoOther": {
			"policy.upload = \"auto\"\npolicy.ipv4.upload = \"some\"\npolicy.ipv4.floor = \"2 MB/s\"",
			[]string{
				`x.toml:2: policy.ipv4.upload: "some" is not a rate: use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`,
			},
		},
		"BadPortHidesNoOther": {
			"peers.port = \"6881\"\nweb.listen = [\"127.0.0.1:6881\"]",
			[]string{"x.toml:1: peers.port: is a string, must be an integer"},
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

func TestParse_NamesTheLine(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"Plain":            "# a comment\n\n[peers]\npexx = true",
		"AfterLongList":    "library.dirs = [\n  \"/a\",\n]\npexx = true",
		"AfterLongString":  "state_dir = \"\"\"/a\\\n\n\"\"\"\npexx = true",
		"Dotted":           "\n\n\npeers.pexx = true",
		"Quoted":           "\n\n\npeers . \"pexx\" = true",
		"HashInKey":        "\n\n\n\"pe#xx\" = true",
		"BracketsInKey":    "\n\n\n\"pexx[0]\" = true",
		"InlineTable":      "\n\n\npeers = { pex = true, pexx = true }",
		"EmptyTable":       "\n\n\n[pexx]",
		"TableNamedInPart": "\n\n\n[pexx.yy.zz]",
		"ListOfTables":     "\n\n\n[[pexx]]",
		"CarriageReturns":  "\r\n\r\n\r\npexx = true\r\n",
		"ByteOrderMark":    "\ufeff\n\n\npexx = true",
		"SyntaxError":      "\n\n\npexx = ",
		"KeyTwice":         "\n\npexx = 1\npexx = 1",
		"NumberTooLarge":   "\n\n\npexx = 99999999999999999999",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := problemsOf(t, text)
			if len(problems) != 1 || !strings.HasPrefix(problems[0], "x.toml:4: ") || !strings.Contains(problems[0], "xx") {
				t.Errorf("got %q, want one problem of pexx in line 4", problems)
			}
		})
	}
}

func TestParse_RefusesWhatIsNotTOML(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"Unclosed": {"state_dir = \"/x", `x.toml:1: state_dir: invalid TOML: unexpected EOF; expected '"'`},
		"Binary":   {"\x7fELF\x01\x00", "x.toml:1: invalid TOML: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"},
		"Large":    {strings.Repeat("#\n", 1<<17), "x.toml: is larger than 128 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff([]string{test.want}, problemsOf(t, test.text)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestParse_RefusesWhatIsNotBuilt(t *testing.T) {
	t.Parallel()
	for key, test := range map[string]struct{ value, want string }{
		"ledger.postgres": {`"postgres://"`, `the fleet's ledger is not built yet; leave it ""`},
		"ledger.node":     {`"mirror1"`, `the fleet's ledger is not built yet; leave it ""`},
	} {
		want := []string{"x.toml:1: " + key + ": " + test.want}
		if diff := cmp.Diff(want, problemsOf(t, key+" = "+test.value)); diff != "" {
			t.Errorf("want -, got +\n%s", diff)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(config.Example()))
	f.Add([]byte("library.dirs = [[1], {a.b = 2}, \"\"]\n[peers]\nport.x = 1\n"))
	f.Add([]byte("[[policy]]\n[[policy.ipv4]]\nfloor = \"-1\"\n"))
	f.Add([]byte("[policy.prefixes]\n\"::ffff:1.2.3.4/8\" = 5\n\"\" = \"never\"\n\"10.0.0.0/8\" = \"ipv6\"\n10.0 = 1\n"))
	f.Add([]byte("[[policy.schedule]]\ndays = \"sat\"\n [[policy.schedule]]\nupload = 1\n[policy.schedule.hours]\n[[policy.schedule.days]]\n"))
	f.Add([]byte("policy.schedule = [{hours = \"\"}, {}, {upload = \"0\"}]\n[policy.ipv4]\nfloor = \"1 B/s\"\n"))
	f.Add([]byte("a.\"b.c\".d = 1979-05-27T07:32:00Z\n\"\" = inf\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := config.Parse("x.toml", text)
		var problems config.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("%v is not Problems", err)
		}
		for _, problem := range problems {
			if problem.File != "x.toml" || problem.Text == "" || problem.Line < 0 {
				t.Fatalf("%+v says too little", problem)
			}
		}
	})
}
