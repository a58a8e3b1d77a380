// Package ledger keeps what was sent and received: per address family, per torrent, and by time, in one SQLite file.
//
// # Buckets
//
// What is recorded is added at once to a bucket of five minutes, of an hour, of a day and of a month, and to a total, all
// in one transaction. There is nothing to roll up later, so no crash can come between a fine bucket and a coarse one: the
// sum of the buckets of any length is the same. Buckets of five minutes are for all torrents together, the others for each.
//
// # Time
//
// Days and months begin by a time zone and a billing day. A bucket is stored under the second it begins, and is named when
// it is read. A change of the zone or of the billing day counts from then on; what was recorded before stays where it is.
//
// # Two programs
//
// The daemon writes; others may read the same file at the same time, with [OpenReader]. docs/ledger.md describes the file
// for them.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// FileName is what the ledger is called in a state directory.
const FileName = "ledger.db"

// maxClockStep is how far a clock may have gone back for the later time to be believed. If it was further, the time
// before was the wrong one, and waiting for it to come again could take years.
const maxClockStep = 24 * time.Hour

// Config says by which calendar a ledger counts.
type Config struct {
	Zone       *time.Location   // where days begin; nil: UTC
	BillingDay int              // the day of the month a month begins, 1 to 31; 0: 1; a shorter month begins on its last day
	Now        func() time.Time // nil: time.Now
}

// complete returns c with its defaults.
func (c Config) complete() (Config, error) {
	if c.BillingDay < 0 || c.BillingDay > 31 {
		return c, fmt.Errorf("billing day %d: use 1 to 31", c.BillingDay)
	}
	c.BillingDay = max(c.BillingDay, 1)
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

// Ledger is an open ledger. Its methods may be called from many goroutines.
type Ledger struct {
	path     string
	db       *sql.DB
	file     os.FileInfo // which file it was when it was opened
	calendar calendar
	clock    func() time.Time

	writing sync.Mutex            // SQLite has one writer at a time; those of one process queue here, without polling
	newest  atomic.Int64          // when the newest bucket of five minutes begins, in Unix seconds; 0: there is none
	outcome atomic.Pointer[error] // of the last recording
}

// Open opens the ledger at path for writing, makes it if there is none, and brings an older one up to date. A file that
// is not a ledger, or one of a later version of the program, is an error and is left as it is. A process opens a ledger
// once: looking at the file a second time would release SQLite's locks on it, which POSIX takes back from a process that
// closes any of its descriptors of a file.
func Open(ctx context.Context, path string, cfg Config) (*Ledger, error) {
	if _, err := identify(path); err != nil {
		return nil, err
	}
	if err := writable(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", path, err)
	}
	l, err := open(ctx, path, cfg, "mode=rwc", prepare)
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", path, err)
	}
	return l, nil
}

// OpenReader opens the ledger at path for reading, beside another process's daemon or without one. It never makes a ledger
// or changes one: a ledger that is not there is an error.
func OpenReader(ctx context.Context, path string, cfg Config) (*Ledger, error) {
	exists, err := identify(path)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, fmt.Errorf("no ledger at %s: has the daemon run with this state directory?", path)
	}
	l, err := open(ctx, path, cfg, readingMode(path), expectSchema)
	if err != nil {
		return nil, fmt.Errorf("read ledger %s: %w", path, err)
	}
	return l, nil
}

// open connects to the file at path and has prepare look at it before anything else does.
func open(ctx context.Context, path string, cfg Config, mode string, prepare func(context.Context, *sql.DB) error) (*Ledger, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	db, err := connect(path, mode)
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, db: db, calendar: calendar{cfg.Zone, cfg.BillingDay}, clock: cfg.Now}
	if err := l.load(ctx, prepare); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// load has prepare look at the file, and reads what the ledger must know before it counts.
func (l *Ledger) load(ctx context.Context, prepare func(context.Context, *sql.DB) error) error {
	if err := prepare(ctx, l.db); err != nil {
		return err
	}
	var newest sql.NullInt64
	if err := l.db.QueryRowContext(ctx, "SELECT max(start) FROM traffic_5min").Scan(&newest); err != nil {
		return err
	}
	l.newest.Store(newest.Int64)
	var err error
	l.file, err = os.Stat(l.path)
	return err
}

// Check returns nil while the ledger can be written. It finds out by writing, and by what became of the last recording:
// a disk may have room for a probe, and none for that.
func (l *Ledger) Check(ctx context.Context) error {
	file, err := os.Stat(l.path)
	if err == nil && !os.SameFile(file, l.file) {
		err = errors.New("another file has taken its place")
	}
	if outcome := l.outcome.Load(); err == nil && outcome != nil {
		err = *outcome
	}
	if err == nil {
		err = l.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE probe SET at = ?", l.clock().Unix())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("write ledger %s: %w", l.path, err)
	}
	return nil
}

// Close closes the ledger's file. Nothing waits to be written: what was recorded is on disk.
func (l *Ledger) Close() error {
	if err := l.db.Close(); err != nil {
		return fmt.Errorf("close ledger %s: %w", l.path, err)
	}
	return nil
}

// now returns the time to count at. A clock that was set back a little does not fill buckets that were already closed.
func (l *Ledger) now() time.Time {
	now, newest := l.clock(), time.Unix(l.newest.Load(), 0)
	if newest.After(now) && newest.Sub(now) <= maxClockStep {
		return newest
	}
	return now
}

// write makes change one transaction: it is on disk when write returns nil, and never was when it returns an error.
func (l *Ledger) write(ctx context.Context, change func(*sql.Tx) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it the error is change's
	if err := change(tx); err != nil {
		return err
	}
	return tx.Commit()
}
