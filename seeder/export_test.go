package seeder

import (
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// Rates gives tests what turns counters into rates.
type Rates struct{ rates }

// Add takes a sample.
func (r *Rates) Add(at time.Time, accounts *wire.Accounts) { r.add(at, accounts) }

// Of is the rate of one torrent.
func (r *Rates) Of(infoHash wire.InfoHash) family.Pair[int64] { return r.of(infoHash) }

// Total is the rate of all torrents.
func (r *Rates) Total() family.Pair[int64] { return r.total() }
