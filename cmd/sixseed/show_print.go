package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"sixseed/storage/metafile"
	"sixseed/web/figures"
)

// What is printed of long lists and texts. JSON has all of it.
const (
	mostFiles = 20
	mostLines = 50
	mostText  = 2000 // bytes
)

// printTorrents writes torrents for people, with all their files or the first ones. Of those that cannot be read there
// is nothing to print: the errors follow.
func printTorrents(out io.Writer, torrents []shown, allFiles bool) error {
	var text strings.Builder
	for _, torrent := range torrents {
		if torrent.Description == nil {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(printable(torrent.Path) + "\n")
		text.WriteString(torrentSheet(torrent.Description, allFiles))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// sheet is lines of a label and a value.
type sheet struct{ strings.Builder }

// line adds values under one label. Without values it adds nothing.
func (s *sheet) line(label string, values ...string) {
	const width = 14
	for _, value := range values {
		fmt.Fprintf(&s.Builder, "  %-*s%s\n", width, label, value)
		label = ""
	}
}

// list adds texts of the file under one label, the first ones of many.
func (s *sheet) list(label string, texts []string) {
	var values []string
	for _, text := range texts[:min(len(texts), mostLines)] {
		values = append(values, clean(text))
	}
	if rest := len(texts) - mostLines; rest > 0 {
		values = append(values, fmt.Sprintf("and %s more, which --json lists", figures.Count(int64(rest))))
	}
	s.line(label, values...)
}

// torrentSheet is what one torrent says.
func torrentSheet(d *metafile.Description, allFiles bool) string {
	var s sheet
	s.line("name", clean(d.Name))
	s.line("size", exactBytes(d.Length))
	s.line("pieces", fmt.Sprintf("%s of %s", figures.Count(d.Pieces), binaryBytes(d.PieceLength)))
	s.line("version", d.Version)
	s.list("info-hash v1", nonEmpty(d.InfoHashV1))
	s.list("info-hash v2", nonEmpty(d.InfoHashV2))
	if d.Private {
		s.line("private", "yes: peers come from its trackers only")
	}
	s.list("source", nonEmpty(d.Source))
	s.list("comment", textLines(d.Comment))
	s.list("created by", nonEmpty(d.CreatedBy))
	if d.Created != nil {
		s.line("created", d.Created.UTC().Format(time.DateTime)+" UTC")
	}
	for i, tier := range d.Tiers[:min(len(d.Tiers), mostLines)] {
		s.list("tier "+strconv.Itoa(i+1), tier)
	}
	if rest := len(d.Tiers) - mostLines; rest > 0 {
		s.line("", fmt.Sprintf("and %s more tiers, which --json lists", figures.Count(int64(rest))))
	}
	s.list("webseeds", d.Webseeds)
	s.list("HTTP seeds", d.HTTPSeeds)
	s.list("DHT nodes", d.Nodes)
	s.list("unknown keys", unknownKeys(d))
	s.list("magnet link", nonEmpty(d.Magnet))
	s.line("files", fileLines(d, allFiles)...)
	for _, lint := range d.Odd {
		s.line("odd", clean(lint.Text))
	}
	return s.String()
}

// unknownKeys are the keys that nothing was made of, and in which dictionary they are.
func unknownKeys(d *metafile.Description) []string {
	keys := slices.Clone(d.UnknownKeys)
	for _, key := range d.UnknownInfoKeys {
		keys = append(keys, key+" (in info)")
	}
	return keys
}

// fileLines is a line for how many files there are, and one for each. A single file is the torrent itself.
func fileLines(d *metafile.Description, all bool) []string {
	if len(d.Files) == 1 && d.Files[0].Path == d.Name {
		return nil
	}
	var files, padding int64
	rows := [][]string{{">", ""}}
	for _, file := range d.Files {
		if file.Padding {
			padding++
			continue
		}
		files++
		if all || len(rows) <= mostFiles {
			rows = append(rows, []string{figures.Bytes(file.Length), fileName(file)})
		}
	}
	lines := []string{figures.Count(files)}
	if padding > 0 {
		lines[0] += fmt.Sprintf(", and %s of padding between them (%s)", figures.Count(padding), figures.Bytes(d.Padding))
	}
	for line := range strings.Lines(strings.TrimPrefix(table(rows), "\n")) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	if rest := files - int64(len(rows)-1); rest > 0 {
		lines = append(lines, fmt.Sprintf("and %s more, which --files lists", figures.Count(rest)))
	}
	return lines
}

func fileName(file metafile.DescribedFile) string {
	name := clean(file.Path)
	if file.Link != "" {
		name += " -> " + clean(file.Link)
	}
	return name
}

// clean returns a text of the file as it can be printed on one line.
func clean(text string) string {
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "?") + "..."
	}
	return printable(text)
}

// textLines returns the lines of a text, without those at its ends that are empty.
func textLines(text string) []string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// nonEmpty returns a list of text, or of nothing if it is empty.
func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// exactBytes returns n as it is read and as it can be compared.
func exactBytes(n int64) string {
	if text := fmt.Sprintf("%d B", n); text == figures.Bytes(n) {
		return text
	}
	return fmt.Sprintf("%s (%d bytes)", figures.Bytes(n), n)
}

// binaryBytes returns a piece length as it is chosen: "256 KiB", and what is no whole number of them in bytes.
func binaryBytes(n int64) string {
	const kib, mib = 1 << 10, 1 << 20
	switch {
	case n >= mib && n%mib == 0:
		return fmt.Sprintf("%d MiB", n/mib)
	case n >= kib && n%kib == 0:
		return fmt.Sprintf("%d KiB", n/kib)
	}
	return fmt.Sprintf("%d bytes", n)
}
