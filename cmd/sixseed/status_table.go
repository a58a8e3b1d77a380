package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// printStatus writes status for people: families, torrents, trackers, and what is wrong.
func printStatus(out io.Writer, status seeder.Status) error {
	if status.TrackerAlone {
		return printSections(out, []string{heading(status), embeddedTable(status.Embedded), problemList(status.Problems)})
	}
	return printSections(out, []string{
		heading(status), familyTable(status), sharing(status), torrentTable(status), trackerTable(status.Trackers),
		embeddedTable(status.Embedded), problemList(status.Problems),
	})
}

// printSections writes texts with an empty line between them. One that is empty is left out.
func printSections(out io.Writer, sections []string) error {
	sections = slices.DeleteFunc(sections, func(section string) bool { return section == "" })
	_, err := io.WriteString(out, strings.Join(sections, "\n"))
	return err
}

func heading(status seeder.Status) string {
	return fmt.Sprintf("sixseed %s, up for %s\n", status.Version, figures.Duration(status.At.Sub(status.Started)))
}

func problemList(problems []seeder.Problem) string {
	var text strings.Builder
	if len(problems) > 0 {
		text.WriteString("Problems:\n")
	}
	for _, problem := range problems {
		fmt.Fprintf(&text, "  %s: %s\n", printable(problem.Subject), printable(problem.Text))
	}
	return text.String()
}

func familyTable(status seeder.Status) string {
	rows := [][]string{{"", ">rate", ">peers", ">interested", ">unchoked", ">this month", ">since start", ">announces"}}
	for _, f := range family.All {
		side := status.Families.Get(f)
		row := []string{
			figures.Family(f), figures.Rate(side.UploadRate), figures.Count(int64(side.Connected)),
			figures.Count(int64(side.Interested)), figures.Count(int64(side.Unchoked)),
			figures.Bytes(status.Month.Get(f).Payload), figures.Bytes(side.SinceStart.Payload),
			fmt.Sprintf("%s ok, %s failed", figures.Count(side.AnnouncesOK), figures.Count(side.AnnouncesBad)),
		}
		if !side.Listening {
			row = append(row, "not listening")
		}
		rows = append(rows, row)
	}
	return table(append(rows, shareRow(status)))
}

// shareRow is the last line of the families: what part of each amount is IPv6's.
func shareRow(status seeder.Status) []string {
	share := func(amount func(family.Family) int64) string {
		amounts := family.Both(amount)
		return figures.ShareOf(amounts.V6, amounts.V4+amounts.V6)
	}
	return []string{
		"IPv6 share",
		share(func(f family.Family) int64 { return status.Families.Get(f).UploadRate }),
		share(func(f family.Family) int64 { return int64(status.Families.Get(f).Connected) }),
		share(func(f family.Family) int64 { return int64(status.Families.Get(f).Interested) }),
		share(func(f family.Family) int64 { return int64(status.Families.Get(f).Unchoked) }),
		share(func(f family.Family) int64 { return status.Month.Get(f).Payload }),
		share(func(f family.Family) int64 { return status.Families.Get(f).SinceStart.Payload }),
	}
}

func torrentTable(status seeder.Status) string {
	if len(status.Torrents) == 0 {
		return "No torrents yet: put files into the library.\n"
	}
	rows := [][]string{{"torrent", "state", ">size", ">IPv6 peers", ">IPv6 sent", ">IPv4 peers", ">IPv4 sent", ""}}
	for _, torrent := range status.Torrents {
		state := torrent.State
		if state == "verifying" {
			state += " " + figures.Share(torrent.Checked)
		}
		row := []string{printable(torrent.Name), state, figures.Bytes(torrent.Size)}
		for _, f := range family.All {
			row = append(row, figures.Count(int64(torrent.Peers.Get(f))), figures.Bytes(torrent.Total.Get(f).Payload))
		}
		rows = append(rows, append(row, printable(torrent.Problem)))
	}
	return table(rows)
}

func trackerTable(trackers []seeder.TrackerStatus) string {
	if len(trackers) == 0 {
		return "No trackers: none of the torrents names one.\n"
	}
	rows := [][]string{{"tracker", "over", ">accepted", ">torrents", ""}}
	for _, tracker := range trackers {
		rows = append(rows, []string{
			printable(tracker.URL), figures.Family(tracker.Family),
			figures.Count(int64(tracker.Working)), figures.Count(int64(tracker.Torrents)), printable(tracker.Error),
		})
	}
	return table(rows)
}
