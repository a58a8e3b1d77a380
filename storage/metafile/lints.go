package metafile

import (
	"fmt"
	"slices"
	"strings"
)

// Lint is one thing that is odd about a .torrent.
type Lint struct {
	// Code names the kind of thing and stays the same between releases: "unusable" (sixseed would not seed it),
	// "left-out" (a part it would not use), "duplicate-key", "unsorted-keys", "trailing-bytes", "wrong-type",
	// "impossible-date", "no-tracker", "announce-not-listed", "huge-pieces", "tiny-pieces", "uneven-pieces".
	Code string `json:"code"`
	Text string `json:"text"` // a sentence, without control characters
}

func lint(code, format string, args ...any) Lint {
	return Lint{Code: code, Text: fmt.Sprintf(format, args...)}
}

// note adds a lint.
func (d *Description) note(code, format string, args ...any) {
	d.Odd = append(d.Odd, lint(code, format, args...))
}

// lint adds what is odd about data, of which the description is: what Parse says of them first.
func (d *Description) lint(data []byte) {
	m, err := Parse(data)
	if err != nil {
		d.Odd = slices.Insert(d.Odd, 0, lint("unusable", "sixseed would not seed it: %v", err))
	} else {
		d.lintWarnings(m.Warnings)
	}
	d.lintTrackers()
	d.lintPieces()
}

// lintWarnings adds what Parse leaves out, without the keys that were noted already when they were read.
func (d *Description) lintWarnings(warnings []string) {
	noted := slices.Clone(d.Odd)
	for _, warning := range warnings {
		known := slices.ContainsFunc(noted, func(l Lint) bool {
			key, _, ofKey := strings.Cut(l.Text, " is ")
			return ofKey && strings.HasPrefix(l.Text, "key ") && strings.HasPrefix(warning, key)
		})
		if !known {
			d.note("left-out", "%s", warning)
		}
	}
}

func (d *Description) lintTrackers() {
	listed := slices.Concat(d.Tiers...)
	switch {
	case len(listed) == 0 && d.Private:
		d.note("no-tracker", "private and without a tracker: nobody can find a peer (BEP 27)")
	case len(listed) == 0:
		d.note("no-tracker", "no tracker: peers are found through the DHT only")
	case d.Announce != "" && !slices.Contains(listed, d.Announce):
		d.note("announce-not-listed", "announce %.200q is not in announce-list, so most clients never ask it (BEP 12)", d.Announce)
	}
}

func (d *Description) lintPieces() {
	const mib = 1 << 20
	switch length := d.PieceLength; {
	case length > largestPiece:
		d.note("huge-pieces", "pieces of %d bytes: above %d MiB some clients take no part", length, largestPiece/mib)
	case length > 0 && length < smallestPiece:
		d.note("tiny-pieces", "pieces of %d bytes are smaller than a block of the protocol, 16 KiB", length)
	}
	if length := d.PieceLength; length > 0 && length&(length-1) != 0 {
		d.note("uneven-pieces", "piece length %d is not a power of two, as BEP 52 demands and some clients expect", length)
	}
}
