package tracker

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sixseed/seeder/tracker/swarm"
)

// snapshotName is the file in the state directory that has the swarms.
const snapshotName = "swarms.snapshot"

// restore returns a store with the swarms of the snapshot, or an empty one if there is none that is whole.
func restore(config Config, now time.Time) *swarm.Store {
	if config.StateDir == "" {
		return swarm.New(config.store())
	}
	path := filepath.Join(config.StateDir, snapshotName)
	store, err := readSnapshot(path, config.store(), now)
	switch {
	case err == nil:
		config.Log.Info("swarms restored", slog.String("path", path), slog.Int("swarms", store.Totals().Swarms))
		return store
	case !errors.Is(err, fs.ErrNotExist):
		config.Log.Warn("swarms start empty", slog.String("path", path), slog.Any("error", err))
	}
	return swarm.New(config.store())
}

func readSnapshot(path string, config swarm.Config, now time.Time) (*swarm.Store, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the path
	}
	defer file.Close() //nolint:errcheck // only read from
	return swarm.Read(file, config, 0, now)
}

// save writes a snapshot. If that fails the one before stays, and it is only logged: the tracker works on.
func (t *Tracker) save() {
	if t.config.StateDir == "" {
		return
	}
	if err := t.writeSnapshot(filepath.Join(t.config.StateDir, snapshotName)); err != nil {
		t.config.Log.Warn("snapshot not written", slog.Any("error", err))
	}
}

// writeSnapshot writes to a file beside, and moves that to its place when all of it is on the disk.
func (t *Tracker) writeSnapshot(path string) (err error) {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it has the secret of the tags
	if err != nil {
		return fmt.Errorf("create snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	err = t.store.Write(file, t.clock.minute(), t.config.Now())
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
