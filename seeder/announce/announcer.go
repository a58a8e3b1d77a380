package announce

import (
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"

	"sixseed/policy/family"
)

// Torrent is what is announced, and to whom.
type Torrent struct {
	InfoHash [20]byte
	Tiers    [][]string // announce-list (BEP 12)
}

// Announcer tells trackers which torrents are seeded here. Its methods may be called from any goroutine, and before Run.
type Announcer struct {
	config    Config
	exchanger exchanger
	keySecret uint64
	wake      chan struct{} // holds a token if the schedule has changed
	workers   sync.WaitGroup

	mu       sync.Mutex
	torrents map[[20]byte]*torrent
	trackers map[trackerKey]*tracker
	due      schedule   // tiers that wait for their time
	ready    []*tracker // those with a tier that waits and room for it
	inFlight int
	stopping bool
	counts   family.Pair[Counts]
}

// New returns an announcer with nothing to announce. It refuses a config without port, peer id or family.
func New(config Config) (*Announcer, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	return newAnnouncer(config, newTransports(config)), nil
}

func newAnnouncer(config Config, exchanger exchanger) *Announcer {
	return &Announcer{
		config:    config,
		exchanger: exchanger,
		keySecret: config.Rand(),
		wake:      make(chan struct{}, 1),
		torrents:  make(map[[20]byte]*torrent),
		trackers:  make(map[trackerKey]*tracker),
	}
}

// Add begins to announce t. A torrent that is announced already, with the same tiers, is left alone; with other tiers it
// is removed first. URLs that cannot be used are logged and left out.
func (a *Announcer) Add(t Torrent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.changed()
	known := a.torrents[t.InfoHash]
	switch {
	case a.stopping:
	case known == nil:
		a.add(t)
	case known.leaving:
		known.successor = &t
	case !slices.EqualFunc(known.spec.Tiers, t.Tiers, slices.Equal):
		known.successor = &t
		a.leave(known)
	}
}

// Remove ends the announcing of a torrent, with `stopped` to the trackers that list it. It does not wait for them, but
// a later Add of the same torrent does.
func (a *Announcer) Remove(infoHash [20]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.changed()
	known := a.torrents[infoHash]
	if known == nil {
		return
	}
	known.successor = nil
	if !known.leaving {
		a.leave(known)
	}
}

// changed makes Run look at the schedule again.
func (a *Announcer) changed() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// add makes a tier per family for each tier of spec, due at once.
func (a *Announcer) add(spec Torrent) {
	t := &torrent{spec: spec, key: announceKey(a.keySecret, spec.InfoHash)}
	a.torrents[spec.InfoHash] = t
	now := a.config.Now()
	for _, targets := range a.usableTiers(spec) {
		for _, f := range family.All {
			if a.config.Families.Get(f) {
				tier := &tier{torrent: t, family: f, listings: a.listings(targets, f), index: unscheduled}
				t.tiers = append(t.tiers, tier)
				a.schedule(tier, now)
			}
		}
	}
}

// usableTiers reads the URLs of spec. Each is used once, in the first tier that names it. The order within a tier is left
// to chance (BEP 12), so that a tier's trackers share the load.
func (a *Announcer) usableTiers(spec Torrent) [][]*target {
	var tiers [][]*target
	seen := make(map[string]bool)
	random := rand.New(source(a.config.Rand)) //nolint:gosec // the order of trackers is no secret
	for _, urls := range spec.Tiers {
		var tier []*target
		for _, raw := range urls {
			if target := a.usable(raw, spec.InfoHash); target != nil && !seen[target.url.String()] {
				seen[target.url.String()] = true
				tier = append(tier, target)
			}
		}
		if len(tier) > 0 {
			random.Shuffle(len(tier), func(i, j int) { tier[i], tier[j] = tier[j], tier[i] })
			tiers = append(tiers, tier)
		}
	}
	return tiers
}

// usable reads a tracker's URL. If it is of no use it says so in the log, and returns nil.
func (a *Announcer) usable(raw string, infoHash [20]byte) *target {
	target, err := parseTarget(raw)
	if err != nil {
		a.config.Log.Warn("tracker URL cannot be used", slog.String("tracker", redactUnusable(raw)),
			slog.String("info_hash", hexOf(infoHash)), slog.String("error", err.Error()))
	}
	return target
}

// source makes a rand.Source of Config.Rand.
type source func() uint64

func (s source) Uint64() uint64 { return s() }

func (a *Announcer) listings(targets []*target, f family.Family) []*listing {
	listings := make([]*listing, len(targets))
	for i, target := range targets {
		key := trackerKey{target.shown, f}
		if a.trackers[key] == nil {
			a.trackers[key] = &tracker{trackerKey: key, transport: target.transport}
		}
		a.trackers[key].listings++
		listings[i] = &listing{tracker: a.trackers[key], target: target}
	}
	return listings
}

// leave says goodbye to the trackers of t. When that is done, its successor takes its place.
func (a *Announcer) leave(t *torrent) {
	t.leaving = true
	if len(t.tiers) == 0 {
		a.left(t)
		return
	}
	now := a.config.Now()
	for _, tier := range slices.Clone(t.tiers) {
		a.unschedule(tier)
		if tier.interrupt != nil {
			tier.interrupt() // the end of the exchange goes on from here
		} else {
			a.enqueue(tier, now)
		}
	}
}

// left forgets t, to whose trackers nothing is left to say.
func (a *Announcer) left(t *torrent) {
	delete(a.torrents, t.spec.InfoHash)
	if t.successor != nil && !a.stopping {
		a.add(*t.successor)
	}
}

// random returns a number in [0, 1).
func (a *Announcer) random() float64 { return float64(a.config.Rand()>>11) / (1 << 53) }
