package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"sixseed/policy/family"
)

// Recent returns what all torrents have sent and received of late, in whatever months that lies, and how long ago that
// begins: over at most, less than an hour short of it, since it goes by the buckets of whole hours and the running one;
// or when the first recording was, if that was later. Recordings are known for as long as five minutes are kept.
func (l *Ledger) Recent(ctx context.Context, over time.Duration) (recent family.Pair[Traffic], covered time.Duration, err error) {
	now := l.now()
	from := l.calendar.next(Hour, now.Add(-over-time.Nanosecond)) // an hour that begins at that instant is whole
	err = query(ctx, l.db, func(scan scanner) error {
		f, t, err := scanTraffic(scan)
		*recent.At(f) = t
		return err
	}, `SELECT family, sum(payload), sum(overhead), sum(received) FROM traffic_hour WHERE start BETWEEN ? AND ? GROUP BY family`,
		from.Unix(), now.Unix())
	if err == nil {
		covered, err = l.recordedSince(ctx, from, now)
	}
	if err != nil {
		return recent, 0, fmt.Errorf("read recent traffic from %s: %w", l.path, err)
	}
	return recent, covered, nil
}

// recordedSince returns how long there have been recordings at now: since from, or the first one if that was later.
func (l *Ledger) recordedSince(ctx context.Context, from, now time.Time) (time.Duration, error) {
	var first sql.NullInt64
	if err := l.db.QueryRowContext(ctx, "SELECT min(start) FROM traffic_5min").Scan(&first); err != nil {
		return 0, err
	}
	if !first.Valid {
		return 0, nil
	}
	if start := time.Unix(first.Int64, 0); start.After(from) {
		from = start
	}
	return max(0, now.Sub(from)), nil
}
