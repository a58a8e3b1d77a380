package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"sixseed/policy/family"
)

// Totals returns what every torrent has sent and received for as long as the ledger exists, by info-hash.
func (l *Ledger) Totals(ctx context.Context) (map[[20]byte]family.Pair[Traffic], error) {
	totals := make(map[[20]byte]family.Pair[Traffic])
	err := query(ctx, l.db, func(scan scanner) error {
		var infoHash []byte
		f, t, err := scanTraffic(scan, &infoHash)
		if err != nil {
			return err
		}
		total := totals[[20]byte(infoHash)]
		*total.At(f) = t
		totals[[20]byte(infoHash)] = total
		return nil
	}, `SELECT info_hash, family, payload, overhead, received FROM traffic_total JOIN torrents ON torrents.id = torrent`)
	if err != nil {
		return nil, fmt.Errorf("read totals from %s: %w", l.path, err)
	}
	return totals, nil
}

// Month returns what all torrents have sent and received in the running month.
func (l *Ledger) Month(ctx context.Context) (family.Pair[Traffic], error) {
	var month family.Pair[Traffic]
	err := query(ctx, l.db, func(scan scanner) error {
		f, t, err := scanTraffic(scan)
		*month.At(f) = t
		return err
	}, `SELECT family, sum(payload), sum(overhead), sum(received) FROM traffic_month WHERE start = ? GROUP BY family`,
		l.calendar.start(Month, l.now()).Unix())
	if err != nil {
		return month, fmt.Errorf("read month from %s: %w", l.path, err)
	}
	return month, nil
}

// querier is a database or one transaction of it.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// scanner copies the columns of one row.
type scanner func(columns ...any) error

// query calls each for every row that text selects.
func query(ctx context.Context, from querier, each func(scanner) error, text string, args ...any) error {
	rows, err := from.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err has told what there is to tell
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanTraffic scans a row that ends with a family and its traffic, after the columns given.
func scanTraffic(scan scanner, columns ...any) (family.Family, Traffic, error) {
	var (
		f int
		t Traffic
	)
	err := scan(append(columns, &f, &t.Payload, &t.Overhead, &t.Received)...)
	return numbered(f), t, err
}
