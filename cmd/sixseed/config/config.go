// Package config reads the configuration file of sixseed.
//
// A file is judged as a whole: every problem in it is found in one run and named with its line and key, so that an
// admin mends a file once. Nothing is replaced by a default because it was wrong, and a key that the program cannot
// honour yet is refused rather than ignored.
//
// The structs of this file and of tracker.go are the one place that describes the keys. Their tags give a key's name, its
// range and whether a running daemon can take a change; their values in Default are the defaults; and the comments of
// their fields are printed as the comments of the example (see Example), so they are written for admins.
package config

import (
	"net/netip"
	"time"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// Config is everything that a configuration file can say.
type Config struct {
	// The directory that sixseed writes to: the ledger, the tracker's swarms, and torrents/ for the .torrent
	// files it makes.
	// Nothing is written anywhere else. It must not lie in a library directory.
	StateDir string `toml:"state_dir"`

	// What is seeded.
	Library Library `toml:"library"`

	// How peers reach us, and we them.
	Peers Peers `toml:"peers"`

	// Who gets how much of the upload: IPv6 first, IPv4 what is left.
	// Rates count IP packets, headers and all, in bits or bytes and powers of 1000 or 1024: "400 Mbit/s",
	// "50 MB/s", "50 MiB/s".
	Policy Policy `toml:"policy"`

	// The embedded tracker.
	Tracker Tracker `toml:"tracker"`

	// The page for admins with its JSON, the metrics and the health checks.
	Web Web `toml:"web"`

	// The record of what was sent, per family and torrent, in the state directory.
	Ledger Ledger `toml:"ledger"`
}

// Library says what is seeded.
type Library struct {
	// Directories whose files are seeded, with all that lies below them. Absolute paths. They are only
	// ever read. A .torrent file found there is used for the data it describes.
	Dirs []string `toml:"dirs" reload:"live"`

	// Make a .torrent file for data that has none. It is kept in the state directory.
	CreateTorrents bool `toml:"create_torrents" reload:"live"`

	// Trackers that made .torrent files name: a list of tiers, each a list of URLs (http, https, udp).
	// When it changes, those made before follow; their info-hashes stay.
	// Give an IPv6 tracker a tier of its own: many clients announce to every tier, but to one tracker of each.
	// Example: [["http://tracker.example.org:6969/announce"], ["udp://ipv6.tracker.example.org:6969"]]
	Trackers [][]string `toml:"trackers" reload:"live"`

	// Web servers that hold the same data, for made .torrent files (http, https, ftp).
	// Example: ["https://mirror.example.org/iso/"]
	Webseeds []string `toml:"webseeds" reload:"live"`
}

// Peers says how peers reach us, and we them.
type Peers struct {
	// The TCP port for peers, the same over IPv6 and IPv4: 1 to 65535.
	Port uint16 `toml:"port" range:"1-65535"`

	// Peer connections at one time, both families together: 1 to 1000000. When there are as many, a newcomer
	// over IPv6 takes the place of the least useful IPv4 peer; nobody takes an IPv6 peer's place.
	MaxConnections int `toml:"max_connections" range:"1-1000000" reload:"live"`

	// Peer connections of one torrent at one time, both families together: 1 to 1000000. When there are as
	// many, a newcomer to the torrent over IPv6 takes the place of one of its IPv4 peers.
	MaxPerTorrent int `toml:"max_per_torrent" range:"1-1000000" reload:"live"`

	// Connections from one IPv4 address or one IPv6 /64, so that no one party takes every place: 1 to 1000000.
	// An IPv6 /48 may have four times as many. Raise it if many peers reach you through one address, as behind
	// the NAT of a campus.
	MaxPerAddress int `toml:"max_per_address" range:"1-1000000" reload:"live"`

	// Encrypted peer connections: "allow" takes both kinds, "require" refuses plain ones, "off" encrypted ones.
	Encryption Encryption `toml:"encryption" reload:"live"`

	// Find peers through the DHT. Not used yet, whatever is set.
	DHT bool `toml:"dht"`

	// Let peers tell each other of peers (peer exchange).
	PEX bool `toml:"pex"`
}

// Policy says who gets how much of the upload.
type Policy struct {
	// What this machine may send: "auto", "unlimited" or a rate. With "auto" IPv6 comes first without the link's
	// rate being known: IPv6 is not limited, and IPv4 gets what leaves no queue on the way out.
	Upload AutoRate `toml:"upload" reload:"live"`

	// Peers served at one time, both families together: "auto" or a number, 1 or more. Who waits for a slot
	// gets one in turn, IPv6 first; a turn is 10 to 30 seconds. With "auto" there are more slots as long as
	// every peer that holds one gets a useful rate, 64 KiB/s.
	UploadSlots Slots `toml:"upload_slots" reload:"live"`

	// What may be sent in a month, both families together: "unlimited" or a size, such as "5 TB" or "500 GiB".
	// What is left of it is spread over the rest of the month: IPv4 is slowed first and early, IPv6 last.
	// It is counted as in the ledger, without the headers of packets, which come to 4 or 5 % more, and a month
	// begins as ledger.time_zone and ledger.billing_day say.
	Monthly Size `toml:"monthly" reload:"live"`

	// What one connection may be sent: "unlimited" or a rate.
	PeerUpload Rate `toml:"peer_upload" reload:"live"`

	// What all connections of one IPv4 address or one IPv6 /64 may be sent together: "unlimited" or a rate.
	AddressUpload Rate `toml:"address_upload" reload:"live"`

	// How many times the size of a torrent one IPv4 address or one IPv6 /64 may take of it until its peers come
	// last in their family: 1 to 1000000, or 0 for any number. Where several peers are connected at one time,
	// which their peer ids tell, it is as much for each.
	MaxCopies int `toml:"max_copies" range:"0-1000000" reload:"live"`

	// What peers behind Teredo, 6to4 and NAT64 addresses count as: "ipv4" or "ipv6". Their packets travel
	// over IPv4 for part of the way.
	Tunnels family.Family `toml:"tunnels" reload:"live"`

	// Networks that count as something else than they are: "ipv4", "ipv6", or "never" for one whose peers are
	// not served at all. The longest prefix that holds an address decides, before policy.tunnels.
	// A peer that is connected already stays what it was.
	// Example: "198.51.100.0/24" = "ipv6"
	// Example: "2001:db8:42::/48" = "never"
	Prefixes Prefixes `toml:"prefixes" reload:"live"`

	// Limits of IPv6, within policy.upload.
	IPv6 IPv6Policy `toml:"ipv6"`

	// Limits of IPv4, within what IPv6 leaves.
	IPv4 IPv4Policy `toml:"ipv4"`

	// Times of the week at which other limits hold, any number of them. Where several name a limit, the last
	// one that holds wins. Days and hours are those of ledger.time_zone.
	Schedule []Window `toml:"schedule" reload:"live"`
}

// Window is a time of the week and the limits that hold then. What it does not name, which is nil, stays as it is.
type Window struct {
	// When it begins: "daily", a day, a range, or several of them, as in "mon,wed-fri". Left out: "daily".
	Days budget.Days `toml:"days" example:"mon-fri"`

	// From when until when, also over midnight, as in "22:00-06:00". Left out: the whole day.
	Hours budget.Hours `toml:"hours" example:"08:00-18:00"`

	// In place of policy.upload or, if that is "auto", on top of it: "unlimited" or a rate.
	Upload *Rate `toml:"upload" example:"200 Mbit/s"`

	// In place of policy.ipv6.upload.
	IPv6Upload *Rate `toml:"ipv6_upload" example:"unlimited"`

	// In place of policy.ipv4.upload.
	IPv4Upload *Rate `toml:"ipv4_upload" example:"50 Mbit/s"`

	// In place of policy.ipv4.floor.
	IPv4Floor *Rate `toml:"ipv4_floor" example:"1 Mbit/s"`
}

// IPv6Policy limits what goes out over IPv6.
type IPv6Policy struct {
	// What may be sent over IPv6: "unlimited" or a rate.
	Upload Rate `toml:"upload" reload:"live"`

	// What may be sent over IPv6 in a month, within policy.monthly: "unlimited" or a size.
	Monthly Size `toml:"monthly" reload:"live"`

	// The mark (DSCP) of packets to peers that count as IPv6, for networks that go by it: "cs0" is none; for
	// others see policy.ipv4.dscp.
	DSCP DSCP `toml:"dscp" reload:"live"`
}

// IPv4Policy limits what goes out over IPv4.
type IPv4Policy struct {
	// What may be sent over IPv4: "unlimited" or a rate.
	Upload Rate `toml:"upload" reload:"live"`

	// What IPv4 keeps even when IPv6 could use all: a rate, no more than either of the upload limits.
	Floor Rate `toml:"floor" reload:"live"`

	// What may be sent over IPv4 in a month, within policy.monthly: "unlimited" or a size.
	Monthly Size `toml:"monthly" reload:"live"`

	// The mark (DSCP) of packets to peers that count as IPv4: "le" (lower effort) has a network that goes by it
	// send them when nothing else waits; others ignore it. Or "cs0", which is none, to "cs7", "af11" to "af43",
	// "ef", or a number, 0 to 63. A change holds for new connections.
	DSCP DSCP `toml:"dscp" reload:"live"`
}

// Web configures the page for admins.
type Web struct {
	// Addresses and ports of the page. It has no password: keep it on this machine, or behind a proxy that
	// asks for one. Empty: no page, and `sixseed status` has nobody to ask.
	Listen []netip.AddrPort `toml:"listen"`

	// Names that the page may be asked for under, beside addresses, localhost and the host name: those of a
	// proxy in front of it. Under others it does not answer, so that no page elsewhere can read it.
	// Example: ["seedbox.example.org"]
	Hosts []string `toml:"hosts"`
}

// Ledger configures the record of what was sent.
type Ledger struct {
	// The time zone in which days and months begin, such as "UTC" or "Europe/Berlin".
	TimeZone Zone `toml:"time_zone"`

	// The day of the month on which a month of the record begins: 1 to 31. In a shorter month it is the last day.
	BillingDay int `toml:"billing_day" range:"1-31"`

	// The PostgreSQL database that gathers the ledgers of a fleet. Empty: none.
	Postgres string `toml:"postgres"`

	// The name of this machine in the fleet's ledger. Empty: the host name.
	Node string `toml:"node"`
}

// Default returns what holds for every key that a file does not set.
func Default() Config {
	return Config{
		StateDir: "/var/lib/sixseed",
		Library: Library{
			Dirs:           []string{"/srv/iso"},
			CreateTorrents: true,
			Trackers:       [][]string{},
			Webseeds:       []string{},
		},
		Peers: Peers{
			Port: 6881, MaxConnections: 2000, MaxPerTorrent: 2000, MaxPerAddress: 64,
			Encryption: EncryptionAllow, DHT: true, PEX: true,
		},
		Policy: Policy{
			Upload:        AutoRate{Auto: true},
			UploadSlots:   AutoSlots,
			Monthly:       UnlimitedSize,
			PeerUpload:    UnlimitedRate,
			AddressUpload: UnlimitedRate,
			MaxCopies:     3,
			Tunnels:       family.V4,
			Prefixes:      Prefixes{},
			IPv6:          IPv6Policy{Upload: UnlimitedRate, Monthly: UnlimitedSize, DSCP: 0},
			IPv4:          IPv4Policy{Upload: UnlimitedRate, Floor: 0, Monthly: UnlimitedSize, DSCP: LowerEffort},
			Schedule:      []Window{},
		},
		Tracker: defaultTracker(),
		Web: Web{
			Listen: []netip.AddrPort{
				netip.MustParseAddrPort("127.0.0.1:8086"),
				netip.MustParseAddrPort("[::1]:8086"),
			},
			Hosts: []string{},
		},
		Ledger: Ledger{TimeZone: Zone{time.UTC}, BillingDay: 1},
	}
}
