package config

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// suggestion returns a hint at the one of keys that was probably meant by an unknown one, or nothing.
func suggestion(unknown string, keys iter.Seq[key]) string {
	const slips = 2 // typing errors in a name that still leave no doubt
	best, least := "", slips+1
	for k := range keys {
		distance := editDistance(unknown, k.name)
		if !k.isTable() && lastName(k.name) == lastName(unknown) { // the right key in the wrong table
			distance = min(distance, 1)
		}
		if distance < least {
			best, least = k.name, distance
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// lastName returns a key's own name, without its tables.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// editDistance counts the letters to insert, remove or change that make a into b.
func editDistance(a, b string) int {
	row := make([]int, utf8.RuneCountInString(b)+1) // distances from what was read of a to each start of b
	for i := range row {
		row[i] = i
	}
	for _, letter := range a {
		diagonal := row[0]
		row[0]++
		column := 0
		for _, other := range b {
			column++
			change := diagonal
			if letter != other {
				change++
			}
			diagonal = row[column]
			row[column] = min(change, row[column]+1, row[column-1]+1)
		}
	}
	return row[len(row)-1]
}
