package httptracker

import "sync/atomic"

// Outcome is what became of an announce or a scrape.
type Outcome uint8

// The outcomes. All were answered.
const (
	Announced Outcome = iota // with peers
	Scraped                  // with counts
	Refused                  // with the reason that the tracker gave
	Malformed                // the query lacks what an announce or a scrape needs, or it cannot be read
	Nameless                 // a proxy did not say whom it asks for
	Failed                   // the tracker had an error that is not for clients

	outcomes = iota
)

var outcomeNames = [outcomes]string{"announced", "scraped", "refused", "malformed", "nameless", "failed"}

// String is the outcome as a metric's label.
func (o Outcome) String() string { return outcomeNames[o] }

// Counts is how many questions had each outcome, since the server was opened. The index is an Outcome.
type Counts [outcomes]uint64

// counters are the Counts of one family.
type counters [outcomes]atomic.Uint64

func (c *counters) counts() (counts Counts) {
	for o := range c {
		counts[o] = c[o].Load()
	}
	return counts
}
