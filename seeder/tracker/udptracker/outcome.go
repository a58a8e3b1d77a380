package udptracker

import "sync/atomic"

// Outcome is what became of a datagram.
type Outcome uint8

// The outcomes. Those up to Expired were answered.
const (
	Connected Outcome = iota // a connection id was handed out
	Announced                // an announce was answered with peers
	Scraped                  // a scrape was answered with counts
	Refused                  // the tracker refused an announce, and its reason was answered
	Expired                  // the connection id was once right but is too old, and that was answered
	Forged                   // the connection id was never handed to that address
	TooShort                 // for the action that it names, or for any
	TooLong                  // for any question there is
	Unknown                  // an action that is not known, or one to connect without BEP 15's magic number
	Unsent                   // the answer could not be sent; the datagram is counted by its answer, too

	outcomes = iota
)

var outcomeNames = [outcomes]string{
	"connected", "announced", "scraped", "refused", "expired", "forged", "too_short", "too_long", "unknown", "unsent",
}

// String is the outcome as a metric's label.
func (o Outcome) String() string { return outcomeNames[o] }

// Counts is how many datagrams had each outcome, since the server was opened. The index is an Outcome.
type Counts [outcomes]uint64

// counters are the Counts of one socket. One goroutine writes them, others read.
type counters [outcomes]atomic.Uint64

func (c *counters) count(o Outcome, n int) { c[o].Add(uint64(n)) } //nolint:gosec // never negative

func (c *counters) addTo(sum *Counts) {
	for o := range c {
		sum[o] += c[o].Load()
	}
}
