package tracker

import (
	"math/bits"
	"time"

	"sixseed/seeder/tracker/swarm"
)

// Tracker takes announces and answers them. Its methods may be called from many goroutines.
type Tracker struct {
	config       Config
	store        *swarm.Store
	clock        *clock
	rates        *rates
	listed, deny *list
	refusals     [reasons]*Refusal
	counters     counters
	prober       *prober // nil unless claims are to be probed
	nextShard    int     // to be swept
}

// New returns a tracker with the swarms that the snapshot in the state directory has. A list that cannot be read is an
// error; a snapshot that cannot be is logged, and the tracker starts empty.
func New(config Config) (*Tracker, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	listed, err := openList(config.ListFile)
	if err != nil {
		return nil, err
	}
	deny, err := openList(config.DenyFile)
	if err != nil {
		return nil, err
	}
	now := config.Now()
	t := &Tracker{
		config: config, store: restore(config, now), clock: newClock(now),
		rates: newRates(config.Limits.Networks, now), listed: listed, deny: deny, refusals: newRefusals(),
	}
	for infoHash, downloaded := range config.Downloaded {
		t.store.Remember(infoHash, downloaded)
	}
	if config.IPv6Param == ProbeClaims {
		t.prober = newProber(config, now)
	}
	return t, nil
}

// Announce enters, updates or removes the client at a.Peer and writes to out what it is told. The error is a *Refusal.
// The caller reads the clock, once for as many announces as came together.
func (t *Tracker) Announce(now time.Time, a *swarm.Announce, out *swarm.Answer) error {
	counters := t.counters.of(&a.InfoHash)
	if reason := t.admit(now, a); reason != accepted {
		counters.refuse(a, reason)
		return t.refusals[reason]
	}
	counters.answered(a)
	if !t.enter(a, out) {
		counters.refuse(a, Crowded)
	}
	return nil
}

// enter hands an announce to the store, tells of what it brings, and says whether the client has a place.
func (t *Tracker) enter(a *swarm.Announce, out *swarm.Answer) bool {
	outcome := t.store.Announce(t.clock.minute(), a, out)
	if outcome.Completed && t.config.Downloads != nil {
		t.config.Downloads.Completed(a.InfoHash)
	}
	if outcome.Paired && t.config.Pairs != nil {
		t.config.Pairs.Pair(a.InfoHash, outcome.Pair.V4, outcome.Pair.V6)
	}
	return !outcome.Crowded
}

// admit says why an announce is not taken, or accepted.
func (t *Tracker) admit(now time.Time, a *swarm.Announce) Reason {
	if reason := judge(a.Peer, t.config.AllowPrivate); reason != accepted {
		return reason
	}
	if !t.config.Limits.allows(t.rates, now, a.Peer.Addr()) {
		return TooMany
	}
	return t.access(a.InfoHash)
}

// access says why a torrent is not tracked, or accepted.
func (t *Tracker) access(infoHash swarm.InfoHash) Reason {
	switch {
	case t.deny.has(infoHash):
		return Denied
	case t.config.Access == Open || t.listed.has(infoHash) || t.config.Listed(infoHash):
		return accepted
	}
	return Unlisted
}

// Scrape returns the counts of a swarm, which are 0 if nobody takes part, and whether it is tracked here.
func (t *Tracker) Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool) {
	t.counters.of(&infoHash).scrapes.Add(1)
	if t.access(infoHash) != accepted {
		return swarm.Counts{}, false
	}
	counts, _ := t.store.Scrape(infoHash)
	return counts, true
}

// Tag returns the tag of the client that announces with this peer id and key.
func (t *Tracker) Tag(peerID [20]byte, key uint32) swarm.Tag { return t.store.Tag(peerID, key) }

// Interval is how long a client that was answered should wait until it announces again. It is another every time, by a
// tenth at most, so that those who came together do not go on coming together.
func (t *Tracker) Interval() time.Duration {
	tenth := t.config.Interval / 10
	more, _ := bits.Mul64(t.config.Rand(), uint64(2*tenth+1)) //nolint:gosec // not negative
	return t.config.Interval - tenth + time.Duration(more)    //nolint:gosec // at most two tenths
}

// MinInterval is how long a client must wait.
func (t *Tracker) MinInterval() time.Duration { return t.config.Interval / 2 }

// Stats returns what the tracker has done and holds.
func (t *Tracker) Stats() Stats {
	stats := Stats{
		Swarms: t.store.Totals(), Listed: len(*t.listed.set.Load()), Denied: len(*t.deny.set.Load()),
		Probes: t.prober.counts(),
	}
	for i := range t.counters {
		t.counters[i].addTo(&stats)
	}
	return stats
}

// ListFaults returns the lists that stay as they were because they cannot be read any more.
func (t *Tracker) ListFaults() (faults []ListFault) {
	for _, l := range []*list{t.listed, t.deny} {
		if fault := l.fault.Load(); fault != nil {
			faults = append(faults, *fault)
		}
	}
	return faults
}
