package announce

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how many runes of a tracker's words are kept.
const maxText = 200

// printable makes text that came from elsewhere fit for a log, a terminal and a page: no control characters, no
// direction overrides, no invalid UTF-8, and not too long.
func printable(text string) string {
	var clean strings.Builder
	runes := 0
	for _, r := range text {
		switch {
		case runes == maxText:
			clean.WriteString("…")
			return clean.String()
		case unicode.IsSpace(r):
			r = ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			r = '?'
		}
		clean.WriteRune(r)
		runes++
	}
	return clean.String()
}
