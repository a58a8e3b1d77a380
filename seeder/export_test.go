package seeder

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"sixseed/policy/bandwidth"
	"sixseed/policy/budget"
	"sixseed/policy/choker"
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

// Sharing gives tests what shares the upload out: what holds the rounds, and what keeps the gate's limits.
type Sharing struct {
	Gate   *bandwidth.Gate
	slots  *slots
	uplink *uplink
}

// NewSharing returns a sharing among swarm's peers that has looked at the uplink once.
func NewSharing(swarm Swarm, policy UploadPolicy, limit int) Sharing {
	gate := bandwidth.New(bandwidth.None())
	s := Sharing{Gate: gate, uplink: newUplink(gate, swarm, policy)}
	s.slots = newSlots(swarm, s.uplink, limit, time.Now)
	s.Plan()
	s.uplink.step(time.Now())
	return s
}

// Run shares out until ctx ends.
func (s Sharing) Run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.slots.run(running) })
	group.Go(func() error { return s.uplink.run(running, time.Now, s.slots.want) })
	return group.Wait()
}

// Plan asks the plan what holds now, with nothing sent so far.
func (s Sharing) Plan() { s.uplink.plan(time.Now(), family.Pair[int64]{}, budget.Recent{}) }

// Set changes the policy.
func (s Sharing) Set(policy UploadPolicy) {
	s.uplink.set(policy)
	s.Plan()
}

// SetSlots changes the number of slots.
func (s Sharing) SetSlots(n int) { s.slots.set(n) }

// Holding is who holds slots.
func (s Sharing) Holding() Holding { return *s.slots.held.Load() }

// Room is how many slots IPv4 may hold.
func (s Sharing) Room() int {
	s.uplink.mu.Lock()
	defer s.uplink.mu.Unlock()
	return s.uplink.room.Slots
}

// Status is what is done, as far as the uplink knows.
func (s Sharing) Status() UploadStatus { return s.uplink.status() }

// Remembered is the number of peers that are kept in mind.
func (s Sharing) Remembered() int { return len(s.slots.places.of) }

// Places gives tests what remembers how peers stood.
type Places struct{ places places }

// NewPlaces returns one that remembers nobody.
func NewPlaces() Places { return Places{newPlaces()} }

// Gather looks at peers.
func (p *Places) Gather(peers []Peer, full bool, now time.Time) []choker.Peer {
	return p.places.gather(peers, full, now)
}

// Apply carries out a decision.
func (p *Places) Apply(decision choker.Decision, now time.Time) { p.places.apply(decision, now) }

// Waiting is who waits for a slot.
func (p *Places) Waiting(now time.Time) family.Pair[Waiting] { return p.places.waiting(now) }

// Overdraft gives tests what finds out who has had too much.
type Overdraft struct{ overdraft *overdraft }

// MostParties are remembered.
const MostParties = mostParties

// NewOverdraft returns one that lets a peer have so many copies of a torrent.
func NewOverdraft(copies int) Overdraft { return Overdraft{newOverdraft(copies)} }

// Look counts what peers were sent.
func (o Overdraft) Look(peers []Peer, now time.Time) { o.overdraft.look(peers, now) }

// Set changes how many copies a peer may have.
func (o Overdraft) Set(copies int) { o.overdraft.copies = copies }

// Remembered is the number of parties that are kept in mind.
func (o Overdraft) Remembered() int { return len(o.overdraft.parties) }

// Decision is what the plan says.
func (s *Service) Decision() budget.Decision {
	s.uplink.mu.Lock()
	defer s.uplink.mu.Unlock()
	return s.uplink.decision
}

// Plan, Flush and RefreshRecent do what the service does from time to time.
func (s *Service) Plan() { s.plan(context.Background()) }

// Flush records what came.
func (s *Service) Flush() { s.flush(context.Background()) }

// RefreshRecent reads what was sent of late.
func (s *Service) RefreshRecent() { s.refreshRecent(context.Background()) }

// Sample does what the service does every second.
func (s *Service) Sample() { s.sample(context.Background()) }

// Sampled is the number of peers in the last sample.
func (s *Service) Sampled() int { return len(s.peerRates.samples[len(s.peerRates.samples)-1].payload) }
