package ledger

import (
	"context"
	"time"
)

// StartOf returns the beginning of the period that t lies in, by a calendar.
func StartOf(zone *time.Location, billingDay int, p Period, t time.Time) time.Time {
	return calendar{zone, billingDay}.start(p, t)
}

// NextAfter returns the beginning of the first period after t, by a calendar.
func NextAfter(zone *time.Location, billingDay int, p Period, t time.Time) time.Time {
	return calendar{zone, billingDay}.next(p, t)
}

// Exec runs a statement on the ledger's only connection from then on, to bring about what a test cannot wait for.
func (l *Ledger) Exec(ctx context.Context, text string) error {
	l.db.SetMaxOpenConns(1)
	_, err := l.db.ExecContext(ctx, text)
	return err
}

// Count returns the number that a query selects.
func (l *Ledger) Count(ctx context.Context, text string) (n int64, err error) {
	err = l.db.QueryRowContext(ctx, text).Scan(&n)
	return n, err
}
