package main

import (
	"fmt"
	"slices"
	"strings"

	"sixseed/storage/metafile"
)

// editDiff shows the trackers, webseeds and comment that an edit changes, in the order they have after it: "+" before
// what comes, "-" before what goes. A part that does not change is left out.
func editDiff(before, after metafile.Editable) string {
	rows := diffRows(placedTrackers(before), placedTrackers(after))
	rows = append(rows, diffRows(placedWebseeds(before), placedWebseeds(after))...)
	rows = append(rows, diffRows(placedComment(before), placedComment(after))...)
	var text strings.Builder
	for _, row := range rows {
		text.WriteString("  " + strings.TrimRight(row, " ") + "\n")
	}
	return text.String()
}

// placed is something a .torrent names, and where.
type placed struct{ place, text string }

func placedTrackers(e metafile.Editable) (all []placed) {
	listed := false
	for i, tier := range e.Tiers {
		for _, url := range tier {
			all = append(all, placed{fmt.Sprintf("tier %d", i+1), url})
			listed = listed || url == e.Announce
		}
	}
	if !listed && e.Announce != "" {
		all = append(all, placed{"announce", e.Announce})
	}
	return all
}

func placedWebseeds(e metafile.Editable) (all []placed) {
	for _, url := range e.Webseeds {
		all = append(all, placed{"webseed", url})
	}
	return all
}

func placedComment(e metafile.Editable) []placed {
	if e.Comment == "" {
		return nil
	}
	return []placed{{"comment", e.Comment}}
}

// diffRows returns a row for everything that is there after an edit, and for what was there before it only.
func diffRows(before, after []placed) (rows []string) {
	if slices.Equal(before, after) {
		return nil
	}
	for _, is := range after {
		was := slices.IndexFunc(before, func(p placed) bool { return p.text == is.text })
		switch {
		case was < 0:
			rows = append(rows, diffRow("+", is, ""))
		case before[was].place != is.place:
			rows = append(rows, diffRow(" ", is, "  (was "+before[was].place+")"))
		default:
			rows = append(rows, diffRow(" ", is, ""))
		}
	}
	for _, was := range before {
		if !slices.ContainsFunc(after, func(p placed) bool { return p.text == was.text }) {
			rows = append(rows, diffRow("-", was, ""))
		}
	}
	return rows
}

func diffRow(sign string, p placed, note string) string {
	return fmt.Sprintf("%s %-8s  %s%s", sign, p.place, printable(p.text), note)
}
