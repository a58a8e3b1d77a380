package announce

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// Config is what an Announcer works with. Port, PeerID and Families must be set; the rest has defaults.
type Config struct {
	PeerID    [20]byte
	UserAgent string            // to HTTP trackers
	Port      uint16            // where peers reach us, over both families
	Families  family.Pair[bool] // those we listen on: nothing is announced over another

	// Uploaded returns how many bytes of a torrent's payload were sent since start. It is called from many goroutines.
	// Default: none were.
	Uploaded func(infoHash [20]byte) int64
	// Peers is handed the peers that a tracker named, never none. It is called from many goroutines.
	// Default: trackers are asked for no peers.
	Peers func(infoHash [20]byte, peers []netip.AddrPort)

	Concurrency int           // exchanges at a time; default 64
	PerTracker  int           // of these, with one tracker over one family; default 16
	StopTimeout time.Duration // what announcing `stopped` at the end of Run may take; default 5 s

	Log  *slog.Logger     // default: slog.Default()
	Now  func() time.Time // default: time.Now
	Rand func() uint64    // 64 random bits, called from many goroutines; default: from crypto/rand
}

func (c Config) check() error {
	switch {
	case c.Port == 0:
		return errors.New("announcer: no port to announce")
	case c.PeerID == [20]byte{}:
		return errors.New("announcer: no peer id")
	case !c.Families.V4 && !c.Families.V6:
		return errors.New("announcer: no address family to announce over")
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Uploaded == nil {
		c.Uploaded = func([20]byte) int64 { return 0 }
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 64
	}
	if c.PerTracker <= 0 {
		c.PerTracker = 16
	}
	if c.StopTimeout <= 0 {
		c.StopTimeout = 5 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = randomBits
	}
	return c
}

// randomBits are unpredictable, as UDP transaction ids should be: they are what a forger would have to guess.
func randomBits() uint64 {
	var bits [8]byte
	_, _ = rand.Read(bits[:]) // does not fail
	return binary.NativeEndian.Uint64(bits[:])
}
