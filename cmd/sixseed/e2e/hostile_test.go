package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

const (
	hostileConnections = 10_000
	hostileAtOnce      = 300 // below the number of strangers at which the daemon hangs up on some
)

// TestDaemon_SurvivesHostilePeers has thousands of hostile connections of all kinds come while honest peers download:
// these notice nothing, and when all are gone the daemon is as it was before.
func TestDaemon_SurvivesHostilePeers(t *testing.T) {
	t.Parallel()
	library := t.TempDir()
	d, honest := startBesieged(t, library)
	untouched := tree(t, library)
	if err := honest.comeAndGo(t.Context()); err != nil { // what they leave behind is no harm done
		t.Fatal(err)
	}
	before, err := d.footprint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	printed := d.log.String()

	depart := honest.gather(t)
	if err := newStorm(honest.victim).rage(t.Context()); err != nil {
		t.Errorf("the daemon is out of reach: %v", err)
	}
	depart()
	d.await(t, "end of all connections", d.allEnded)
	d.await(t, "return to what was before", func(ctx context.Context) error { return d.recovered(ctx, before) })
	if said := strings.TrimPrefix(d.log.String(), printed); said != "" {
		t.Errorf("the daemon's log has more:\n%s", said)
	}
	d.stop(t)
	if diff := cmp.Diff(untouched, tree(t, library)); diff != "" {
		t.Errorf("the library has changed:\n%s", diff)
	}
}

// startBesieged starts a daemon that seeds one release, in which all hostile peers, who have one address, find a place.
func startBesieged(t *testing.T, library string) (*daemon, bystanders) {
	t.Helper()
	aria2, image := clientNamed(t, "aria2"), filepath.Join(library, "release.iso")
	peers.MakeISO(t, image, 12<<20)
	tracker := announcetest.New(t, nil)
	d := startDaemon(t, settings{
		library: library,
		tiers:   [][]string{{tracker.URL("http", family.V6)}},
		peers:   fmt.Sprintf("max_per_address = %d", 2*hostileAtOnce),
	})
	d.await(t, "seeding", d.seeds(1))
	tracker.Await("announce", func(announces []announcetest.Announce) bool { return len(announces) > 0 })
	v := newVictim(t, d)
	v.limit, v.linger = time.Second, 300*time.Millisecond
	return d, bystanders{victim: v, aria2: aria2, image: image}
}

// storm is hostile connections of all kinds at a time.
type storm struct {
	victim
	mu    sync.Mutex
	there map[string]int // how many of each kind are at it
}

func newStorm(v victim) *storm { return &storm{victim: v, there: make(map[string]int)} }

// rage makes all connections, of each kind as many as of any other. The error is the first one of a connection that was
// not to be had, and names those that were there at that moment.
func (s *storm) rage(ctx context.Context) error {
	kinds := hostilities()
	var all errgroup.Group
	all.SetLimit(hostileAtOnce)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i := range hostileConnections {
		if i%len(kinds) == 0 {
			rand.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		}
		kind, f := kinds[i%len(kinds)], family.All[rand.N(len(family.All))]
		all.Go(func() error {
			s.count(kind, 1)
			defer s.count(kind, -1)
			err := s.attack(ctx, kind, f)
			if err != nil && ctx.Err() == nil {
				err = fmt.Errorf("connect over %v: %w; hostile peers that were there: %v", f, err, s.kinds())
			}
			return err
		})
	}
	return all.Wait()
}

func (s *storm) count(kind hostility, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there[kind.name] += change
}

func (s *storm) kinds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.there, func(_ string, count int) bool { return count == 0 })
	return slices.Sorted(maps.Keys(s.there))
}
