package ledger

import (
	"time"

	"sixseed/policy/family"
)

// Sum is traffic per family, and together.
type Sum struct {
	family.Pair[Traffic]
	Total     Traffic  `json:"total"`
	IPv6Share *float64 `json:"ipv6_share"` // of the payload, 0 to 1; nil when none was sent
}

// sumOf returns pair with its total and its share.
func sumOf(pair family.Pair[Traffic]) Sum {
	sum := Sum{Pair: pair, Total: pair.V4.plus(pair.V6)}
	if sum.Total.Payload > 0 {
		share := float64(pair.V6.Payload) / float64(sum.Total.Payload)
		sum.IPv6Share = &share
	}
	return sum
}

// plus returns s with pair added to it.
func (s Sum) plus(pair family.Pair[Traffic]) Sum {
	return sumOf(family.Pair[Traffic]{V4: s.V4.plus(pair.V4), V6: s.V6.plus(pair.V6)})
}

// Elapsed returns how much of row's period had passed when the report was made.
func (r Report) Elapsed(row Row) time.Duration {
	if row.Running {
		return r.At.Sub(row.Start)
	}
	return row.End.Sub(row.Start)
}

// Estimate returns what the running period will have come to if it goes on as it began. ok is false when no row is
// running, or when less than a hundredth of it has passed: seven hours of a month.
func (r Report) Estimate() (estimate Sum, ok bool) {
	if len(r.Rows) == 0 || !r.Rows[len(r.Rows)-1].Running {
		return Sum{}, false
	}
	row := r.Rows[len(r.Rows)-1]
	elapsed, length := r.Elapsed(row), row.End.Sub(row.Start)
	if elapsed < length/100 {
		return Sum{}, false
	}
	factor := length.Seconds() / elapsed.Seconds()
	return sumOf(family.Both(func(f family.Family) Traffic { return row.Get(f).times(factor) })), true
}
