package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Report is what was sent and received, period by period. Its JSON is a contract: keys are added, never renamed.
type Report struct {
	Version    int          `json:"version"` // 1
	Period     Period       `json:"period"`
	TimeZone   string       `json:"time_zone"`
	BillingDay int          `json:"billing_day"`
	At         time.Time    `json:"at"`                 // when the report was made
	Rows       []Row        `json:"rows"`               // the oldest first, without holes
	Sum        Sum          `json:"sum"`                // of the rows
	Torrents   []TorrentSum `json:"torrents,omitempty"` // of the rows' time; most payload first
}

// Report answers q from one state of the ledger, whatever is recorded meanwhile. An error that wraps ErrQuery is q's.
func (l *Ledger) Report(ctx context.Context, q Query) (Report, error) {
	q, err := q.complete()
	if err != nil {
		return Report{}, err
	}
	r := Report{
		Version:    1,
		Period:     q.Period,
		TimeZone:   l.calendar.zone.String(),
		BillingDay: l.calendar.billingDay,
		At:         l.now().In(l.calendar.zone).Truncate(time.Second),
	}
	w, err := q.window(l.calendar)
	if err != nil {
		return Report{}, err
	}
	tx, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Report{}, fmt.Errorf("read traffic from %s: %w", l.path, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	if err := l.fill(ctx, tx, q, w, &r); err != nil {
		return Report{}, fmt.Errorf("read traffic from %s: %w", l.path, err)
	}
	return r, nil
}

// fill reads what q asks for in w into r.
func (l *Ledger) fill(ctx context.Context, tx *sql.Tx, q Query, w window, r *Report) error {
	recorded, err := l.recorded(ctx, tx, q, w)
	if err != nil {
		return err
	}
	// The running period is part of what was asked for, also when nothing happened in it yet.
	running := l.calendar.row(q.Period, l.calendar.start(q.Period, r.At))
	if w.contains(running.Start) && (len(recorded) == 0 || recorded[0].Start.Before(running.Start)) {
		recorded = slices.Insert(recorded, 0, running)
	}
	r.Rows = l.calendar.timeline(q.Period, recorded, q.Limit)
	for i := range r.Rows {
		row := &r.Rows[i]
		row.Sum = sumOf(row.Pair)
		row.Running = !r.At.Before(row.Start) && r.At.Before(row.End)
		r.Sum = r.Sum.plus(row.Pair)
	}
	if q.Torrents && len(r.Rows) > 0 {
		r.Torrents, err = torrentSums(ctx, tx, q.Period, r.Rows)
	}
	return err
}
