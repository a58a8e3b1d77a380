package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/storage/metafile"
)

// newVictim returns a daemon's one release as hostile peers see it.
func newVictim(t *testing.T, d *daemon) victim {
	t.Helper()
	for _, path := range d.torrents(t) {
		torrent, err := metafile.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return victim{Metafile: torrent, port: d.port, limit: patience}
	}
	t.Fatal("the daemon has made no torrent")
	return victim{}
}

// connections counts those of a daemon, since its start.
type connections struct {
	accepted, open int64
	ended          map[string]int64 // by reason
}

func (d *daemon) connections(ctx context.Context) (connections, error) {
	status, err := d.status(ctx)
	all := connections{ended: make(map[string]int64)}
	for _, f := range family.All {
		side := status.Families.Get(f)
		all.accepted += side.Accepted
		all.open += side.Accepted
		for reason, count := range side.Ended {
			all.ended[reason] += count
			all.open -= count
		}
	}
	return all, err
}

// minus returns what has come since other.
func (c connections) minus(other connections) connections {
	since := connections{c.accepted - other.accepted, c.open - other.open, make(map[string]int64)}
	for reason, count := range c.ended {
		if more := count - other.ended[reason]; more != 0 {
			since.ended[reason] = more
		}
	}
	return since
}

// unlike returns the reasons that are none of the wanted ones.
func (c connections) unlike(wanted []wire.Reason) (others []string) {
	for reason := range c.ended {
		if !slices.ContainsFunc(wanted, func(r wire.Reason) bool { return r.String() == reason }) {
			others = append(others, reason)
		}
	}
	return others
}

// TestDaemon_EndsHostileConnections has every kind of hostile peer come alone, a few at a time and over both families.
// Each connection ends and is counted under a reason that fits, and the admin's log has nothing to say.
func TestDaemon_EndsHostileConnections(t *testing.T) {
	t.Parallel()
	library := t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), 3<<20+1)
	d := startDaemon(t, settings{library: library})
	d.await(t, "seeding", d.seeds(1))
	d.await(t, "word of it in the log", d.says("release is seeded")) // the last that it says by itself
	v := newVictim(t, d)
	for _, kind := range hostilities() {
		t.Run(kind.name, func(t *testing.T) {
			printed := d.log.String()
			since := attackAlone(t, d, v, kind)
			if others := since.unlike(kind.ends); others != nil {
				t.Errorf("connections ended for these reasons: %v, want %v", since.ended, kind.ends)
			}
			if said := strings.TrimPrefix(d.log.String(), printed); said != "" {
				t.Errorf("the daemon's log has more:\n%s", said)
			}
		})
		select {
		case <-d.ended:
			t.Fatalf("the daemon has not survived %s", kind.name)
		default:
		}
	}
	d.stop(t)
}

// attackAlone makes some hostile connections of one kind, and returns what they were counted as when all have ended.
func attackAlone(t *testing.T, d *daemon, v victim, kind hostility) (since connections) {
	t.Helper()
	before, err := d.connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const perFamily = 4
	var all errgroup.Group
	for range perFamily {
		for _, f := range family.All {
			all.Go(func() error { return v.attack(t.Context(), kind, f) })
		}
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	d.await(t, "end of the hostile connections", func(ctx context.Context) error {
		now, err := d.connections(ctx)
		since = now.minus(before)
		if err == nil && (since.accepted < 2*perFamily || since.open != 0) {
			err = fmt.Errorf("of %d connections %d are open", since.accepted, since.open)
		}
		return err
	})
	return since
}
