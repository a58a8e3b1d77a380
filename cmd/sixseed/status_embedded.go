package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// embeddedTable describes the embedded tracker, nothing if there is none.
func embeddedTable(tracker *seeder.EmbeddedTracker) string {
	if tracker == nil {
		return ""
	}
	rows := [][]string{{"our tracker", ">seeders", ">leechers", ">HTTP announces", ">UDP announces", ">scrapes", "refused"}}
	for _, f := range family.All {
		side := tracker.Families.Get(f)
		rows = append(rows, []string{
			figures.Family(f), figures.Count(int64(side.Seeders)), figures.Count(int64(side.Leechers)),
			tally(side.HTTP.Announces[seeder.AnnounceOK]), tally(side.UDP.Announces[seeder.AnnounceOK]),
			tally(side.HTTP.Scrapes() + side.UDP.Scrapes()), refusedInWords(side),
		})
	}
	known := fmt.Sprintf("%s, %s known on both families\n", count(tracker.Swarms, "swarm"), count(tracker.DualStack, "client"))
	return table(rows) + known
}

// refusedInWords says how many announces were refused for each reason there was.
func refusedInWords(side seeder.EmbeddedTrackerFamily) string {
	times := map[string]uint64{}
	for _, transport := range []seeder.TransportStatus{side.HTTP, side.UDP} {
		for result, n := range transport.Announces {
			if n > 0 && result != seeder.AnnounceOK {
				times[result] += n
			}
		}
	}
	var words []string
	for _, reason := range slices.Sorted(maps.Keys(times)) {
		words = append(words, fmt.Sprintf("%s %s", tally(times[reason]), printable(reason)))
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

func tally(n uint64) string { return figures.Count(int64(n)) } //nolint:gosec // nothing is counted that far
