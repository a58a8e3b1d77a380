package httptracker

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// Tracker is what the questions are for. Its methods are called by many goroutines at once.
type Tracker interface {
	// Announce notes the announce and fills the answer with peers. A *tracker.Refusal is told to the client.
	Announce(now time.Time, a *swarm.Announce, out *swarm.Answer) error
	// Claim is for a client that was answered and says that it can be reached at an IPv6 address, too. The error is for
	// the client.
	Claim(now time.Time, a *swarm.Announce, claimed netip.AddrPort) error
	// Scrape returns the counts of a swarm, and whether it may be asked for.
	Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool)
	// Interval is how long a client that was answered should wait until it announces again, MinInterval how long it must.
	Interval() time.Duration
	MinInterval() time.Duration
	// Tag joins the announces of one client.
	Tag(peerID [20]byte, key uint32) swarm.Tag
	// Stats is what the tracker has done and holds.
	Stats() tracker.Stats
}

// Config is what a Server needs.
type Config struct {
	// Listen are the addresses to listen at for HTTP, HTTPS those for HTTPS, of either family. An IPv6 address takes
	// nothing over IPv4, 0.0.0.0 and :: go together.
	Listen, HTTPS []netip.AddrPort
	// Certificate and Key are the paths of PEM files, for HTTPS. They are read again when they change.
	Certificate, Key string
	// Connections is how many there may be at a time to one of the addresses; others wait. 0 is 4096.
	Connections int
	// Trusted are the networks of proxies: what they say of whom they ask for is believed.
	Trusted []netip.Prefix
	// Torrents are offered at /torrents/; nil: there is no such page.
	Torrents Torrents
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log is told of certificates and of errors that no client has made; nil is slog.Default().
	Log *slog.Logger
}

const defaultConnections = 4096

func (c Config) withDefaults() Config {
	if c.Connections <= 0 {
		c.Connections = defaultConnections
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func (c Config) check() error {
	if len(c.HTTPS) > 0 && (c.Certificate == "" || c.Key == "") {
		return errors.New("tracker over HTTPS: it needs the files of a certificate and of its key")
	}
	return nil
}
