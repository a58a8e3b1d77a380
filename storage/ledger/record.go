package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"sixseed/policy/family"
)

// Record adds deltas to the buckets of this moment, in one transaction. When it returns nil they are on disk; when it
// returns an error none of them is counted, and the caller keeps them for the next time.
func (l *Ledger) Record(ctx context.Context, deltas []Delta) error {
	if len(deltas) == 0 {
		return nil
	}
	for _, delta := range deltas {
		if err := delta.check(); err != nil {
			return fmt.Errorf("record traffic: %w", err)
		}
	}
	err := l.write(ctx, func(tx *sql.Tx) error { return l.add(ctx, tx, l.now(), deltas) })
	if ctx.Err() == nil { // else it says nothing about the ledger
		l.outcome.Store(&err)
	}
	if err != nil {
		return fmt.Errorf("record traffic in %s: %w", l.path, err)
	}
	return nil
}

// addUp makes an INSERT add to a bucket that is already there.
const addUp = `
	ON CONFLICT DO UPDATE SET
		payload  = payload  + excluded.payload,
		overhead = overhead + excluded.overhead,
		received = received + excluded.received`

// add adds deltas to every bucket that now lies in, and makes room by what has expired.
func (l *Ledger) add(ctx context.Context, tx *sql.Tx, now time.Time, deltas []Delta) error {
	start := l.calendar.start(FiveMinutes, now).Unix()
	if err := addTogether(ctx, tx, start, deltas); err != nil {
		return err
	}
	if err := forEach(ctx, tx, deltas, `
		INSERT INTO torrents (info_hash, name) VALUES (?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name WHERE excluded.name NOT IN ('', name)`,
		func(d Delta) []any { return []any{d.InfoHash[:], d.Name} }); err != nil {
		return err
	}
	for _, period := range [...]Period{Hour, Day, Month} {
		if err := addEach(ctx, tx, period, l.calendar.start(period, now).Unix(), deltas); err != nil {
			return err
		}
	}
	if err := forEach(ctx, tx, deltas, `
		INSERT INTO traffic_total (torrent, family, payload, overhead, received)
		VALUES ((SELECT id FROM torrents WHERE info_hash = ?), ?, ?, ?, ?)`+addUp,
		func(d Delta) []any { return []any{d.InfoHash[:], number(d.Family), d.Payload, d.Overhead, d.Received} }); err != nil {
		return err
	}
	l.newest.Store(start)
	return expire(ctx, tx, now)
}

// addTogether adds deltas to the bucket of all torrents that begins at start.
func addTogether(ctx context.Context, tx *sql.Tx, start int64, deltas []Delta) error {
	var sum family.Pair[Traffic]
	for _, delta := range deltas {
		*sum.At(delta.Family) = sum.Get(delta.Family).plus(delta.Traffic)
	}
	for _, f := range family.All {
		t := sum.Get(f)
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO traffic_5min (start, family, payload, overhead, received) VALUES (?, ?, ?, ?, ?)`+addUp,
			start, number(f), t.Payload, t.Overhead, t.Received); err != nil {
			return err
		}
	}
	return nil
}

// addEach adds every delta to the bucket of its torrent that begins at start.
func addEach(ctx context.Context, tx *sql.Tx, period Period, start int64, deltas []Delta) error {
	return forEach(ctx, tx, deltas, `
		INSERT INTO traffic_`+string(period)+` (start, torrent, family, payload, overhead, received)
		VALUES (?, (SELECT id FROM torrents WHERE info_hash = ?), ?, ?, ?, ?)`+addUp,
		func(d Delta) []any {
			return []any{start, d.InfoHash[:], number(d.Family), d.Payload, d.Overhead, d.Received}
		})
}

// forEach runs text once per delta, with the arguments that args makes of it.
func forEach(ctx context.Context, tx *sql.Tx, deltas []Delta, text string, args func(Delta) []any) error {
	statement, err := tx.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	defer statement.Close() //nolint:errcheck // Commit tells whether all of it was done
	for _, delta := range deltas {
		if _, err := statement.ExecContext(ctx, args(delta)...); err != nil {
			return err
		}
	}
	return nil
}

// expire deletes what is older than its retention: at most the two oldest buckets of each length, so that no recording
// is slow, and twice what a recording can begin, so that what has expired is gone in the end.
func expire(ctx context.Context, tx *sql.Tx, now time.Time) error {
	for period, kept := range retention {
		text := strings.ReplaceAll("DELETE FROM buckets WHERE start < ? AND start IN (SELECT DISTINCT start FROM buckets ORDER BY start LIMIT 2)",
			"buckets", "traffic_"+string(period))
		if _, err := tx.ExecContext(ctx, text, now.Add(-kept).Unix()); err != nil {
			return err
		}
	}
	return nil
}
