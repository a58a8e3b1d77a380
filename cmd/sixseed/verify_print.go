package main

import (
	"fmt"
	"io"
	"strings"

	"sixseed/web/figures"
)

// mostProblems is how many of each kind are printed. JSON has all of them.
const mostProblems = 20

// printVerification writes a verification for people: a line for everything that is wrong, and what all comes to.
func printVerification(out io.Writer, v verification) error {
	var text strings.Builder
	files := make([]string, len(v.WrongFiles))
	for i, file := range v.WrongFiles {
		files[i] = wrongFileLine(file)
	}
	writeSome(&text, files, "wrong file")
	pieces := make([]string, len(v.BadPieces))
	for i, piece := range v.BadPieces {
		pieces[i] = badPieceLine(piece)
	}
	writeSome(&text, pieces, "bad piece")
	extra := make([]string, len(v.ExtraFiles))
	for i, path := range v.ExtraFiles {
		extra[i] = "extra  " + printable(path)
	}
	writeSome(&text, extra, "extra file")
	text.WriteString(verificationSum(v))
	_, err := io.WriteString(out, text.String())
	return err
}

// writeSome writes the first lines, and how many more there are.
func writeSome(text *strings.Builder, lines []string, noun string) {
	for _, line := range lines[:min(len(lines), mostProblems)] {
		text.WriteString(line + "\n")
	}
	if rest := len(lines) - mostProblems; rest > 0 {
		fmt.Fprintf(text, "and %s more, which --json lists\n", count(rest, noun))
	}
}

func wrongFileLine(file wrongFile) string {
	name := printable(file.Path)
	switch file.Kind {
	case "missing":
		return fmt.Sprintf("missing  %s (%s)", name, figures.Bytes(file.Length))
	case "no-file":
		return fmt.Sprintf("missing  %s (%s): there is something else that is no file", name, figures.Bytes(file.Length))
	case "short":
		return fmt.Sprintf("short  %s: %d of %d bytes", name, file.OnDisk, file.Length)
	default:
		return fmt.Sprintf("long  %s: %d bytes, and the torrent says %d", name, file.OnDisk, file.Length)
	}
}

func badPieceLine(piece damagedPiece) string {
	parts := make([]string, len(piece.Parts))
	for i, part := range piece.Parts {
		parts[i] = fmt.Sprintf("%s bytes %d to %d", printable(part.Path), part.Offset, part.Offset+part.Length-1)
	}
	return fmt.Sprintf("bad  piece %d: %s", piece.Index, strings.Join(parts, ", "))
}

// verificationSum is the last line.
func verificationSum(v verification) string {
	name := printable(v.Name)
	wrong := len(v.BadPieces) + v.MissingData
	switch {
	case v.Whole:
		return fmt.Sprintf("%s is whole: %s, %s\n", name, figures.Bytes(v.Length), pieceCount(v.Pieces))
	case wrong == 0:
		return fmt.Sprintf("%s is not whole: %s, though every piece is right\n", name, count(len(v.WrongFiles), "wrong file"))
	}
	text := fmt.Sprintf("%s is not whole: %s of %s right", name, figures.Count(int64(v.Pieces-wrong)), pieceCount(v.Pieces))
	if len(v.WrongFiles) > 0 {
		text += ", " + count(len(v.WrongFiles), "wrong file")
	}
	return text + "\n"
}

func pieceCount(n int) string {
	if n == 1 {
		return "1 piece"
	}
	return figures.Count(int64(n)) + " pieces"
}
