package ledger_test

import (
	"fmt"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	// the zones of these tests, on any machine

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(recorderEnv); path != "" {
		recordUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

// clock is a clock that stands still until a test moves it.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// at returns a clock that shows text, in RFC 3339.
func at(t testing.TB, text string) *clock {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return &clock{moment}
}

// zone returns the time zone of that name.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// open opens the ledger at path until the test ends.
func open(t testing.TB, path string, cfg ledger.Config) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLedger(t, l) })
	return l
}

func closeLedger(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// record records deltas or ends the test.
func record(t testing.TB, l *ledger.Ledger, deltas ...ledger.Delta) {
	t.Helper()
	if err := l.Record(t.Context(), deltas); err != nil {
		t.Fatal(err)
	}
}

// report answers q or ends the test.
func report(t testing.TB, l *ledger.Ledger, q ledger.Query) ledger.Report {
	t.Helper()
	r, err := l.Report(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sent is so much payload of torrent n, over f.
func sent(n byte, f family.Family, payload int64) ledger.Delta {
	return ledger.Delta{
		InfoHash: [20]byte{n}, Name: fmt.Sprintf("release-%d.iso", n), Family: f,
		Traffic: ledger.Traffic{Payload: payload, Overhead: payload / 100, Received: payload / 50},
	}
}

// payloads returns the rows of a report as text: label, IPv6, IPv4.
func payloads(r ledger.Report) []string {
	var rows []string
	for _, row := range r.Rows {
		rows = append(rows, fmt.Sprintf("%s %d %d", row.Label, row.V6.Payload, row.V4.Payload))
	}
	return rows
}

// moment parses text or ends the test.
func moment(t testing.TB, text string) ledger.Moment {
	t.Helper()
	m, err := ledger.ParseMoment(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
