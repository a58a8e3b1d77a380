package ledger

import (
	"context"
	"slices"
	"time"

	"sixseed/policy/family"
)

// Row is one period.
type Row struct {
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`     // the first instant after it
	Label   string    `json:"label"`   // in the report's time zone: "2026-11", "2026-11-22", "2026-11-22 14:05"
	Running bool      `json:"running"` // it has not ended yet
	Sum
}

// row returns the period that begins at start, with nothing in it.
func (c calendar) row(p Period, start time.Time) Row {
	start = start.In(c.zone)
	return Row{Start: start, End: c.next(p, start), Label: start.Format(labels[p])}
}

// recorded returns the periods in w in which something was recorded, the newest first, and no more of them than any report
// of q can show.
func (l *Ledger) recorded(ctx context.Context, from querier, q Query, w window) ([]Row, error) {
	var rows []Row
	err := query(ctx, from, func(scan scanner) error {
		var start int64
		f, t, err := scanTraffic(scan, &start)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[len(rows)-1].Start.Unix() != start {
			rows = append(rows, l.calendar.row(q.Period, time.Unix(start, 0)))
		}
		*rows[len(rows)-1].At(f) = t
		return nil
	}, `SELECT start, family, sum(payload), sum(overhead), sum(received) FROM traffic_`+string(q.Period)+`
		WHERE start >= ? AND start < ? GROUP BY start, family ORDER BY start DESC LIMIT ?`, w.from, w.to, len(family.All)*q.Limit)
	return rows, err
}

// timeline returns the newest limit rows of a gapless sequence, the oldest first: whole periods between two of the
// recorded rows, which come the newest first, become rows with nothing in them.
func (c calendar) timeline(p Period, recorded []Row, limit int) []Row {
	rows := make([]Row, 0, len(recorded))
	for _, row := range recorded {
		for len(rows) > 0 && len(rows) < limit {
			newer := rows[len(rows)-1].Start
			between := c.row(p, c.start(p, newer.Add(-1)))
			// Rows of another calendar, from before a change of the billing day, may leave less than a period between them.
			if between.Start.Before(row.End) || between.End.After(newer) {
				break
			}
			rows = append(rows, between)
		}
		if len(rows) == limit {
			break
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}
