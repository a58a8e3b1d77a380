package main

import (
	"strings"
	"unicode/utf8"
)

// table lines up columns. The first row heads them; where a heading begins with ">", the column stands on the right. A
// row without cells is an empty line.
func table(rows [][]string) string {
	right := make([]bool, len(rows[0]))
	for i, heading := range rows[0] {
		rows[0][i], right[i] = strings.CutPrefix(heading, ">")
	}
	widths := columnWidths(rows)
	var text strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < len(right) && right[i] {
				line.WriteString(gap + cell + "  ")
			} else {
				line.WriteString(cell + gap + "  ")
			}
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return text.String()
}

func columnWidths(rows [][]string) map[int]int {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}
