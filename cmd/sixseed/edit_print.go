package main

import (
	"fmt"
	"io"
	"strings"

	"sixseed/storage/metafile"
)

// printEdits writes a line per file, with dryRun what would change below it, and with several files their sum.
func printEdits(out io.Writer, outcomes []editOutcome, dryRun bool) error {
	done := "edited"
	if dryRun {
		done = "would be edited"
	}
	var text strings.Builder
	for _, o := range outcomes {
		switch {
		case o.err != nil:
			fmt.Fprintf(&text, "not edited: %s\n", printable(o.err.Error()))
			continue
		case o.edited.Changed:
			fmt.Fprintf(&text, "%s: %s", printable(o.path), done)
		default:
			fmt.Fprintf(&text, "%s: unchanged", printable(o.path))
		}
		fmt.Fprintf(&text, ", %s before and after\n", infoHashes(o.edited))
		if dryRun {
			text.WriteString(editDiff(o.edited.Before, o.edited.After))
		}
	}
	if len(outcomes) > 1 {
		sum := sumEdits(outcomes)
		fmt.Fprintf(&text, "%d files: %d %s, %d unchanged, %d not edited\n", len(outcomes), sum.Edited, done, sum.Unchanged, sum.Failed)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// infoHashes names the info-hashes that the torrent has.
func infoHashes(e metafile.Edited) string {
	switch {
	case e.HasV1 && e.HasV2:
		return fmt.Sprintf("info-hashes %x (v1) and %x (v2)", e.InfoHash, e.InfoHashV2)
	case e.HasV2:
		return fmt.Sprintf("info-hash %x (v2)", e.InfoHashV2)
	}
	return fmt.Sprintf("info-hash %x", e.InfoHash)
}

// editWarnings is a line per warning. One about many files names the first of them.
func editWarnings(outcomes []editOutcome) string {
	var order []string
	paths := map[string][]string{}
	for _, o := range outcomes {
		for _, warning := range o.edited.Warnings {
			if paths[warning] == nil {
				order = append(order, warning)
			}
			paths[warning] = append(paths[warning], o.path)
		}
	}
	var text strings.Builder
	for _, warning := range order {
		about := paths[warning]
		fmt.Fprintf(&text, "warning: %s", printable(about[0]))
		if more := len(about) - 1; more > 0 {
			fmt.Fprintf(&text, " and %s", count(more, "other"))
		}
		fmt.Fprintf(&text, ": %s\n", printable(warning))
	}
	return text.String()
}
