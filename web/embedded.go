package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// embeddedTracker is the embedded tracker in words.
type embeddedTracker struct {
	Summary figure
	Rows    []embeddedRow
}

// embeddedRow is one amount, for each family.
type embeddedRow struct {
	Name     string
	Families []embeddedFamily // the preferred one first
}

type embeddedFamily struct {
	Family, Name string
	Count        figure
}

// embedded puts the embedded tracker into words, nil if there is none.
func (v *view) embedded(status *seeder.EmbeddedTracker) *embeddedTracker {
	if status == nil {
		return nil
	}
	t := &embeddedTracker{Summary: v.figure("embedded", embeddedInWords(status))}
	row := func(key, name string, amount func(seeder.EmbeddedTrackerFamily) int64) {
		r := embeddedRow{Name: name}
		for _, f := range family.All {
			count := v.figure("embedded-"+key+"-"+f.String(), figures.Count(amount(status.Families.Get(f))))
			r.Families = append(r.Families, embeddedFamily{f.String(), figures.Family(f), count})
		}
		t.Rows = append(t.Rows, r)
	}
	row("seeders", "Seeders", func(f seeder.EmbeddedTrackerFamily) int64 { return int64(f.Seeders) })
	row("leechers", "Leechers", func(f seeder.EmbeddedTrackerFamily) int64 { return int64(f.Leechers) })
	row("http", "Announces over HTTP", func(f seeder.EmbeddedTrackerFamily) int64 { return answered(f.HTTP) })
	row("udp", "Announces over UDP", func(f seeder.EmbeddedTrackerFamily) int64 { return answered(f.UDP) })
	row("scrapes", "Scrapes", func(f seeder.EmbeddedTrackerFamily) int64 {
		return whole(f.HTTP.Scrapes() + f.UDP.Scrapes())
	})
	for _, reason := range refusals(status) {
		row(reason, "Refused: "+strings.ReplaceAll(reason, "_", " "), func(f seeder.EmbeddedTrackerFamily) int64 {
			return whole(f.HTTP.Announces[reason] + f.UDP.Announces[reason])
		})
	}
	return t
}

// embeddedInWords says in a sentence what the tracker holds.
func embeddedInWords(status *seeder.EmbeddedTracker) string {
	return fmt.Sprintf("%s. %s known on both families.", count(status.Swarms, "swarm"), count(status.DualStack, "client"))
}

// refusals returns the reasons for which anybody was refused, in order.
func refusals(status *seeder.EmbeddedTracker) []string {
	found := map[string]bool{}
	for _, f := range family.All {
		side := status.Families.Get(f)
		for _, transport := range []seeder.TransportStatus{side.HTTP, side.UDP} {
			for result, times := range transport.Announces {
				if times > 0 && result != seeder.AnnounceOK {
					found[result] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func answered(t seeder.TransportStatus) int64 { return whole(t.Announces[seeder.AnnounceOK]) }

// whole is a count as the figures take it.
func whole(count uint64) int64 { return int64(count) } //nolint:gosec // nothing is counted that far
