package web

import (
	"fmt"
	"strings"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// What is more than this is counted on the page, not listed: the JSON twin has it all.
const (
	maxTorrentRows = 500
	maxProblemRows = 50
)

// view is what the template prints: a status put into words.
type view struct {
	Version  string
	Revision string // changes whenever more than figures did
	Time     figure
	Uptime   figure
	Summary  figure

	Problems     []seeder.Problem
	MoreProblems string // a number, empty if all are listed

	Now, Month headline
	Sharing    *sharing // nil if nothing is known of it

	Months        []monthRow
	MonthsProblem string // why there are none

	Torrents     []torrentRow
	MoreTorrents string
	Trackers     []trackerRow

	Seeds    bool             // it is not a tracker alone
	Embedded *embeddedTracker // nil if there is none

	figures []figure // every one of the above
}

// figure is a text that changes while the page is looked at. The key names it in the page and in the events.
type figure struct{ Key, Text string }

// newView puts status into words.
func newView(status seeder.Status) *view {
	v := &view{Version: status.Version, Revision: revision(status)}
	v.Summary = v.figure("summary", summary(status))
	v.Time = v.figure("time", status.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	v.Uptime = v.figure("uptime", figures.Duration(status.At.Sub(status.Started)))
	v.Problems, v.MoreProblems = firstOf(status.Problems, maxProblemRows)
	v.Now = v.now(status)
	v.Month = v.month(status)
	v.Sharing = v.sharing(status)
	listed, more := firstOf(status.Torrents, maxTorrentRows)
	v.MoreTorrents = more
	for _, torrent := range listed {
		v.Torrents = append(v.Torrents, v.torrent(torrent))
	}
	v.Trackers = v.trackers(status.Trackers)
	v.Seeds, v.Embedded = !status.TrackerAlone, v.embedded(status.Embedded)
	return v
}

// figure makes a figure and remembers it for the events.
func (v *view) figure(key, text string) figure {
	f := figure{key, text}
	v.figures = append(v.figures, f)
	return f
}

// summary says in one sentence how the library is.
func summary(status seeder.Status) string {
	if status.TrackerAlone {
		return "A tracker alone: nothing is seeded here."
	}
	library := status.Library
	var parts []string
	for _, state := range []struct {
		count int
		words string
	}{
		{library.Seeding, "seeding"},
		{library.Verifying, "being verified"},
		{library.Waiting, "waiting"},
		{library.Broken, "broken"},
	} {
		if state.count > 0 {
			parts = append(parts, figures.Count(int64(state.count))+" "+state.words)
		}
	}
	if len(parts) == 0 {
		return "No torrents yet."
	}
	return fmt.Sprintf("Torrents: %s. %s on offer.", strings.Join(parts, ", "), figures.Bytes(library.Bytes))
}

// refreshInterval is how often a page that only its figures kept fresh is made anew, for the months' sake.
const refreshInterval = 5 * time.Minute

// revision returns a mark of all that the page shows outside of figures.
func revision(status seeder.Status) string {
	var text strings.Builder
	fmt.Fprintln(&text, status.Version, status.At.Truncate(refreshInterval).Unix(), status.Problems, status.Upload.Mode)
	for _, f := range family.All {
		fmt.Fprintln(&text, status.Families.Get(f).Listening)
	}
	for _, torrent := range status.Torrents {
		fmt.Fprintln(&text, torrent.InfoHash, torrent.Name, torrent.Size, torrent.State, torrent.Problem)
	}
	for _, tracker := range status.Trackers {
		fmt.Fprintln(&text, tracker.URL, tracker.Family, tracker.Error)
	}
	if status.Embedded != nil {
		fmt.Fprintln(&text, "tracker", refusals(status.Embedded))
	}
	return mark([]byte(text.String()))
}

// firstOf returns what of rows is listed, and how many more there are, in words.
func firstOf[T any](rows []T, most int) (listed []T, more string) {
	if len(rows) <= most {
		return rows, ""
	}
	return rows[:most], figures.Count(int64(len(rows) - most))
}
