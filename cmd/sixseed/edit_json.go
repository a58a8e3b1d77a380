package main

import (
	"encoding/hex"
	"io"

	"sixseed/storage/metafile"
)

// editsJSON is what --json prints.
type editsJSON struct {
	Version int        `json:"version"`
	DryRun  bool       `json:"dry_run"`
	Files   []editJSON `json:"files"`
	editSum
}

// editJSON is one file. Of a torrent that has no info-hash of a version, it is left out.
type editJSON struct {
	Path       string        `json:"path"`
	Error      string        `json:"error,omitempty"`
	Name       string        `json:"name,omitempty"`
	InfoHash   string        `json:"info_hash,omitempty"`
	InfoHashV2 string        `json:"info_hash_v2,omitempty"`
	Changed    bool          `json:"changed"`
	Warnings   []string      `json:"warnings,omitempty"`
	Before     *editableJSON `json:"before,omitempty"`
	After      *editableJSON `json:"after,omitempty"`
}

// editableJSON is what a file names.
type editableJSON struct {
	Announce string     `json:"announce"`
	Tiers    [][]string `json:"tiers"`
	Webseeds []string   `json:"webseeds"`
	Comment  string     `json:"comment"`
}

// printEditsJSON writes the outcomes for programs.
func printEditsJSON(out io.Writer, outcomes []editOutcome, dryRun bool) error {
	all := editsJSON{Version: 1, DryRun: dryRun, Files: []editJSON{}, editSum: sumEdits(outcomes)}
	for _, o := range outcomes {
		all.Files = append(all.Files, outcomeJSON(o))
	}
	return writeJSON(out, all)
}

func outcomeJSON(o editOutcome) editJSON {
	if o.err != nil {
		return editJSON{Path: o.path, Error: o.err.Error()}
	}
	e := o.edited
	file := editJSON{
		Path: o.path, Name: e.Name, Changed: e.Changed, Warnings: e.Warnings,
		Before: newEditableJSON(e.Before), After: newEditableJSON(e.After),
	}
	if e.HasV1 {
		file.InfoHash = hex.EncodeToString(e.InfoHash[:])
	}
	if e.HasV2 {
		file.InfoHashV2 = hex.EncodeToString(e.InfoHashV2[:])
	}
	return file
}

// newEditableJSON makes lists of what is not there: programs expect them.
func newEditableJSON(e metafile.Editable) *editableJSON {
	return &editableJSON{
		Announce: e.Announce, Tiers: append([][]string{}, e.Tiers...), Webseeds: append([]string{}, e.Webseeds...), Comment: e.Comment,
	}
}
