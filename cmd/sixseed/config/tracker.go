package config

import (
	"fmt"
	"net/netip"
	"time"
)

// Tracker configures the embedded tracker.
type Tracker struct {
	// Addresses and ports of the tracker, HTTP and UDP both. Empty: no tracker.
	// Example: ["0.0.0.0:6969", "[::]:6969"]
	Listen []netip.AddrPort `toml:"listen"`

	// Torrents that are tracked: "listed" are those we seed and those of tracker.list, "open" any.
	Access Access `toml:"access"`

	// A file of info-hashes to track, one on a line: 40 hex digits, or the 64 of version 2. What follows a # is
	// a comment. It is read again when it changes. Empty: none.
	List string `toml:"list"`

	// A file of info-hashes that are never tracked, written the same way. Empty: none.
	Deny string `toml:"deny"`

	// Announce URLs of this tracker, as the world reaches it. The .torrent files of what we seed are served at
	// /torrents/; with URLs here they get them as one tier more, the first. Their info-hashes stay. Private
	// torrents are not served. Empty: the files as they are.
	// Example: ["http://tracker.example.org:6969/announce", "udp://tracker.example.org:6969/announce"]
	Publish []string `toml:"publish" reload:"live"`

	// How long clients are to wait from one announce to the next, give or take a tenth: "5m" to "12h".
	Interval Interval `toml:"interval"`

	// Take clients at private, link-local and loopback addresses, which nobody outside can reach: for a tracker
	// within one network.
	PrivateAddresses bool `toml:"private_addresses"`

	// If a client over IPv4 says that it has an IPv6 address too, see for ourselves with a BitTorrent handshake:
	// 10 a second at most, one an hour to a /64. Otherwise what it says is ignored.
	Probe bool `toml:"probe"`

	// Networks of proxies in front of the tracker. What they say of a client's address, in Forwarded or
	// X-Forwarded-For, is believed; what others say is not.
	// Example: ["127.0.0.1", "::1", "10.0.0.0/8"]
	TrustedProxies []netip.Prefix `toml:"trusted_proxies"`

	// The tracker over HTTPS.
	HTTPS TrackerHTTPS `toml:"https"`

	// What one network may do, so that none can fill the swarms. 0 is no limit. What is over it is refused and
	// counted.
	Limits TrackerLimits `toml:"limits"`
}

// TrackerHTTPS configures the tracker over HTTPS.
type TrackerHTTPS struct {
	// Addresses and ports of the tracker for HTTPS. Empty: none.
	// Example: ["0.0.0.0:443", "[::]:443"]
	Listen []netip.AddrPort `toml:"listen"`

	// The file of the certificate and those that lead to its authority, PEM. It is read again when it changes.
	Certificate string `toml:"certificate"`

	// The file of the certificate's private key, PEM.
	Key string `toml:"key"`
}

// TrackerLimits bound what one network may do. 0 is no limit.
type TrackerLimits struct {
	// Peers of an IPv6 /64 in one swarm. A home has a /64, or more.
	PeersPer64 int `toml:"peers_per_64" range:"0-1000000"`

	// Peers of an IPv6 /48 in one swarm.
	PeersPer48 int `toml:"peers_per_48" range:"0-1000000"`

	// Peers of an IPv4 address in one swarm. Many homes may share one.
	PeersPerIPv4 int `toml:"peers_per_ipv4" range:"0-1000000"`

	// Peers of a family in one swarm.
	PeersPerSwarm int `toml:"peers_per_swarm" range:"0-16000000"`

	// Swarms at one time, about.
	Swarms int `toml:"swarms" range:"0-100000000"`

	// Announces of an IPv6 /64 in a minute, over a long time. At once it may make those of four minutes.
	AnnouncesPer64 int `toml:"announces_per_64" range:"0-1000000"`

	// Announces of an IPv6 /48 in a minute, likewise.
	AnnouncesPer48 int `toml:"announces_per_48" range:"0-1000000"`

	// Announces of an IPv4 address in a minute, likewise.
	AnnouncesPerIPv4 int `toml:"announces_per_ipv4" range:"0-1000000"`
}

// IsOn reports whether there is a tracker at all.
func (t Tracker) IsOn() bool { return len(t.Listen) > 0 || len(t.HTTPS.Listen) > 0 }

func defaultTracker() Tracker {
	return Tracker{
		Listen: []netip.AddrPort{}, Access: AccessListed, Publish: []string{},
		Interval: Interval(30 * time.Minute), TrustedProxies: []netip.Prefix{},
		HTTPS: TrackerHTTPS{Listen: []netip.AddrPort{}},
		Limits: TrackerLimits{
			PeersPer64: 4, PeersPer48: 64, PeersPerIPv4: 32, PeersPerSwarm: 1_000_000, Swarms: 4_000_000,
			AnnouncesPer64: 1_200, AnnouncesPer48: 6_000, AnnouncesPerIPv4: 3_000,
		},
	}
}

// Interval is the time from one announce to the next.
type Interval time.Duration

// The bounds of an Interval. Announces that come faster help nobody, and those that come slower let swarms go stale.
const (
	leastInterval = 5 * time.Minute
	mostInterval  = 12 * time.Hour
)

// UnmarshalText reads a duration in Go's form, "30m" or "1h30m", within the bounds.
func (i *Interval) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	switch {
	case err != nil:
		return fmt.Errorf(`%q is not a duration: use one like "30m" or "1h30m"`, text)
	case d < leastInterval || d > mostInterval:
		return fmt.Errorf(`%q is out of range: use "5m" to "12h"`, text)
	}
	*i = Interval(d)
	return nil
}

// MarshalText is String as encoding.TextMarshaler.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// String writes the interval so that UnmarshalText reads the same one, without parts that are 0.
func (i Interval) String() string {
	d := time.Duration(i)
	text := d.String()
	for _, zero := range []struct {
		unit time.Duration
		tail string
	}{{time.Minute, "0s"}, {time.Hour, "0m"}} {
		if d%zero.unit == 0 && d >= zero.unit {
			text = text[:len(text)-len(zero.tail)]
		}
	}
	return text
}
