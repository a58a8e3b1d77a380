package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrQuery is what the errors of a [Query] are that cannot be answered, whatever the ledger holds: errors.Is says so.
var ErrQuery = errors.New("bad query")

// queryError says what is wrong with a query.
type queryError struct{ text string }

func badQuery(format string, args ...any) error { return queryError{fmt.Sprintf(format, args...)} }

// Error implements error.
func (e queryError) Error() string { return e.text }

// Is implements what errors.Is asks for.
func (e queryError) Is(target error) bool { return target == ErrQuery }

// Query says what a [Report] is about. The zero value asks for the running month and the ones before it, up to twelve.
type Query struct {
	Period   Period // the length of a row; empty: Month
	From, To Moment // rows that lie in between, or reach into it; zero: no limit
	Limit    int    // the newest rows, so many at most; 0: twelve months, or a day or so of shorter ones, unless From is given
	Torrents bool   // sums per torrent too; buckets of five minutes have none
}

// maxRows is the most rows a report has: more than any retention leaves.
const maxRows = 40_000

// complete returns q with its defaults, or says why it cannot be answered.
func (q Query) complete() (Query, error) {
	q.Period = cmp.Or(q.Period, Month)
	if err := q.Period.check(); err != nil {
		return q, err
	}
	if q.Torrents && q.Period == FiveMinutes {
		return q, badQuery("buckets of five minutes are not counted per torrent: use month, day or hour")
	}
	if q.Limit < 0 {
		return q, badQuery("limit %d: use 1 or more, or 0 for the default", q.Limit)
	}
	if q.Limit == 0 && q.From.IsZero() {
		q.Limit = defaultRows[q.Period]
	}
	if q.Limit == 0 || q.Limit > maxRows {
		q.Limit = maxRows
	}
	return q, nil
}

// window is the time in which rows begin, in Unix seconds, the end not included.
type window struct{ from, to int64 }

// contains says whether what begins at start is in w.
func (w window) contains(start time.Time) bool { return w.from <= start.Unix() && start.Unix() < w.to }

// window returns the time that q asks for. The period that From lies in is part of it.
func (q Query) window(c calendar) (window, error) {
	w := window{math.MinInt64, math.MaxInt64}
	if !q.From.IsZero() {
		w.from = c.start(q.Period, q.From.beginning(c)).Unix()
	}
	if !q.To.IsZero() {
		w.to = q.To.end(c).Unix()
	}
	if w.from >= w.to {
		return w, badQuery("the end is not after the beginning")
	}
	return w, nil
}
