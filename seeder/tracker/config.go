package tracker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"time"

	"sixseed/seeder/tracker/swarm"
)

// Access says whose torrents are tracked.
type Access uint8

// Listed tracks what Config.Listed and the list name, Open whatever is announced. The deny list holds for both.
const (
	Listed Access = iota
	Open
)

// IPv6Param says what to do with an IPv6 address that a client merely says it has.
type IPv6Param uint8

const (
	// IgnoreClaims leaves it out. It may be a victim's (BEP 7 discourages the parameter for that).
	IgnoreClaims IPv6Param = iota
	// ProbeClaims enters it once a BitTorrent handshake there has shown that it takes part in the torrent.
	ProbeClaims
	// TrustClaims enters it if the client that says so is in one of Config.Trusted.
	TrustClaims
)

// Limits bound what one network may do. 0 is no limit.
type Limits struct {
	swarm.Limits
	RateNet64, RateNet48, RateAddress4 Rate
	Networks                           int // how many the rates are kept of; default 65536
}

// DefaultLimits are for a tracker that strangers reach. A client with some thousand torrents announces them in one
// burst, and in 30 minutes again; an IPv4 address may be shared by many.
func DefaultLimits() Limits {
	return Limits{
		Limits:       swarm.Limits{PerNet64: 4, PerNet48: 64, PerAddress4: 32, PerSwarm: 1 << 20, Swarms: 1 << 22},
		RateNet64:    Rate{PerSecond: 20, Burst: 5_000},
		RateNet48:    Rate{PerSecond: 100, Burst: 20_000},
		RateAddress4: Rate{PerSecond: 50, Burst: 10_000},
	}
}

// Downloads keeps how often torrents were downloaded for longer than a tracker runs.
type Downloads interface {
	// Completed is told of a download that was finished. It is called from many goroutines and has to be quick.
	Completed(infoHash swarm.InfoHash)
}

// Pairs is told of clients that have become known on both families in a swarm. It is called from many goroutines and has
// to be quick.
type Pairs interface {
	Pair(infoHash swarm.InfoHash, v4, v6 netip.AddrPort)
}

// Config is what a Tracker works with. The zero value limits nobody and tracks nothing: with Listed access, Listed or
// ListFile says what is tracked.
type Config struct {
	Access   Access
	Listed   func(swarm.InfoHash) bool // what is tracked beside the list; quick, and called from many goroutines
	ListFile string                    // info-hashes, in hex; read again when it changes
	DenyFile string                    // likewise, of what is not tracked

	Limits       Limits
	AllowPrivate bool // addresses that are private, link-local or loopback may take part
	IPv6Param    IPv6Param
	Trusted      []netip.Prefix // whose claims TrustClaims believes

	Interval time.Duration // from one announce of a client to the next; default 30 min, at most 12 h
	StateDir string        // where the snapshot is; empty: there is none
	Secret   swarm.Secret  // what tags are made with if there is no snapshot; default: random

	Downloads  Downloads                 // may be nil
	Downloaded map[swarm.InfoHash]uint32 // what Downloads has counted before; it wins over a snapshot that knows of less
	Pairs      Pairs                     // may be nil

	Dial func(context.Context, netip.AddrPort) (net.Conn, error) // for probes; default: over TCP
	Now  func() time.Time                                        // default: time.Now
	Rand func() uint64                                           // 64 random bits, from many goroutines; default: math/rand/v2's
	Log  *slog.Logger                                            // default: slog.Default()
}

const (
	defaultInterval = 30 * time.Minute
	longestInterval = 12 * time.Hour
	defaultNetworks = 1 << 16
)

func (c Config) check() error {
	switch {
	case c.Interval < 0 || c.Interval > longestInterval:
		return fmt.Errorf("tracker: an interval of %v is not between 0 and %v", c.Interval, longestInterval)
	case c.IPv6Param == TrustClaims && len(c.Trusted) == 0:
		return errors.New("tracker: claims of IPv6 addresses are to be trusted, but nobody's")
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Listed == nil {
		c.Listed = func(swarm.InfoHash) bool { return false }
	}
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.Limits.Networks <= 0 {
		c.Limits.Networks = defaultNetworks
	}
	if c.Secret == (swarm.Secret{}) {
		_, _ = rand.Read(c.Secret[:]) // does not fail
	}
	if c.Dial == nil {
		c.Dial = dialTCP
	}
	if c.Rand == nil {
		c.Rand = mathrand.Uint64
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// lifetime is how long a peer stays that does not announce again: it may miss one announce, and be late with the next.
func (c Config) lifetime() swarm.Minute {
	return swarm.Minute((2*c.Interval + c.Interval/4) / time.Minute) //nolint:gosec // within longestInterval
}

func (c Config) store() swarm.Config {
	return swarm.Config{
		Share: share, Lifetime: max(1, c.lifetime()), Limits: c.Limits.Limits, Secret: c.Secret, Rand: c.Rand,
	}
}
