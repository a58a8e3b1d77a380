package tracker

import (
	"io"
	"net/netip"
	"time"

	"sixseed/seeder/tracker/swarm"
)

var Share = share

// Judge says why no peer can be at an address; empty: one can.
func Judge(peer netip.AddrPort, allowPrivate bool) string {
	if reason := judge(peer, allowPrivate); reason != accepted {
		return reason.String()
	}
	return ""
}

func ParseList(r io.Reader) (map[swarm.InfoHash]struct{}, error) { return parseList(r) }

// Tick is what Run does every second.
func (t *Tracker) Tick(now time.Time) { t.tick(now) }

// Save is what Run does every five minutes.
func (t *Tracker) Save() { t.save() }

// Rates is the rates' type for tests.
type Rates struct{ r *rates }

func NewRates(places int, start time.Time) Rates { return Rates{newRates(places, start)} }

func (r Rates) Allow(now time.Time, network uint64, rate Rate) bool {
	return r.r.allow(now, network, rate)
}
