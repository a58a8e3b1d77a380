package seeder

import (
	"context"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// Rates gives tests what turns counters into rates.
type Rates struct{ rates rates[accountKey] }

// Add takes a sample.
func (r *Rates) Add(at time.Time, accounts *wire.Accounts) { r.rates.add(at, readAccounts(accounts)) }

// Of is the rate of one torrent.
func (r *Rates) Of(infoHash wire.InfoHash) family.Pair[int64] { return torrentRate(&r.rates, infoHash) }

// Total is the rate of all torrents.
func (r *Rates) Total() family.Pair[int64] { return totalRate(&r.rates) }

// Slots gives tests what holds the rounds.
type Slots struct{ slots *slots }

// NewSlots returns slots that give swarm's peers places.
func NewSlots(swarm Swarm, limit int) Slots { return Slots{newSlots(swarm, limit, time.Now)} }

// Run holds rounds until ctx ends.
func (s Slots) Run(ctx context.Context) error { return s.slots.run(ctx) }

// Set changes the limit.
func (s Slots) Set(n int) { s.slots.set(n) }

// Remembered is the number of peers that are kept in mind.
func (s Slots) Remembered() int { return len(s.slots.places) }

// Sample does what the service does every second.
func (s *Service) Sample() { s.sample(context.Background()) }

// Sampled is the number of peers in the last sample.
func (s *Service) Sampled() int { return len(s.peerRates.samples[len(s.peerRates.samples)-1].payload) }
