package ledger

import "time"

// Period is the length of a bucket.
type Period string

// The periods that traffic is counted by.
const (
	FiveMinutes Period = "5min"
	Hour        Period = "hour"
	Day         Period = "day"
	Month       Period = "month" // from billing day to billing day
)

// retention says how long buckets are kept; what is not in it is kept for ever. Ninety-five days of five minutes hold a
// 95th percentile of any three months, which is how some uplinks are billed.
var retention = map[Period]time.Duration{
	FiveMinutes: 95 * 24 * time.Hour,
	Hour:        400 * 24 * time.Hour,
	Day:         3653 * 24 * time.Hour,
}

// defaultRows says how many rows a report has when nobody said how many or from when on.
var defaultRows = map[Period]int{FiveMinutes: 24, Hour: 24, Day: 30, Month: 12}

// labels are the layouts of time.Format by which a period is named after its beginning.
var labels = map[Period]string{
	FiveMinutes: "2006-01-02 15:04",
	Hour:        "2006-01-02 15:04",
	Day:         "2006-01-02",
	Month:       "2006-01",
}

// check refuses a period that nothing is counted by.
func (p Period) check() error {
	if _, ok := labels[p]; !ok {
		return badQuery("%q is no period: use month, day, hour or 5min", string(p))
	}
	return nil
}
