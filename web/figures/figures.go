// Package figures writes amounts the way people read them: bytes and rates in SI units (1 TB is 10^12 bytes, as traffic is
// billed), shares in per cent, durations in their two largest units.
//
// Every figure keeps about three digits, so that columns of them line up and none claims more than was measured.
// The functions are pure: the page, the report and the status table print the same amount in the same words.
package figures

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"sixseed/policy/family"
)

// prefixes are the SI prefixes from 10^3 on; int64 ends below the last one's thousandfold.
var prefixes = [...]string{"k", "M", "G", "T", "P", "E"}

// Bytes returns n in bytes with three digits: "0 B", "999 B", "1.23 TB".
func Bytes(n int64) string { return scaled(n, "B") }

// Rate returns n, in bytes per second, as Bytes does: "2.10 MB/s".
func Rate(n int64) string { return scaled(n, "B/s") }

// Share returns a share of 0 to 1 in whole per cent: "42 %". What is not quite nothing or not quite all is not rounded to
// it: "<1 %", ">99 %". A share of nothing, NaN, is "–".
func Share(share float64) string {
	switch {
	case math.IsNaN(share):
		return "–"
	case share > 0 && share < 0.005:
		return "<1 %"
	case share < 1 && share >= 0.995:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", math.Round(share*100)) // %.0f alone rounds halves to even: 0.5 to 0
}

// ShareOf returns the share that part has in whole as Share does. Nothing has no share.
func ShareOf(part, whole int64) string {
	if whole == 0 {
		return Share(math.NaN())
	}
	return Share(float64(part) / float64(whole))
}

// Family returns the name of f as people write it: "IPv6".
func Family(f family.Family) string {
	if f == family.V6 {
		return "IPv6"
	}
	return "IPv4"
}

// Count returns n with its digits in groups of three: "12 345".
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}

// Duration returns d in its two largest units: "3 d 4 h", "12 min 5 s". Less than a second is "0 s".
func Duration(d time.Duration) string {
	units := [...]struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	for i, unit := range units[:len(units)-1] {
		if d < unit.length {
			continue
		}
		smaller := units[i+1]
		return fmt.Sprintf("%d %s %d %s", d/unit.length, unit.name, d%unit.length/smaller.length, smaller.name)
	}
	return fmt.Sprintf("%d s", max(d, 0)/time.Second)
}

// scaled returns n with three digits and the prefix that leaves one to three of them before the point.
func scaled(n int64, unit string) string {
	if n > -1000 && n < 1000 {
		return fmt.Sprintf("%d %s", n, unit)
	}
	value, prefix := float64(n), ""
	for _, prefix = range prefixes {
		value /= 1000
		// Compared as it will be printed: 999.6 would become "1000".
		if math.Abs(value) < 999.5 {
			break
		}
	}
	return fmt.Sprintf("%.*f %s%s", decimals(value), value, prefix, unit)
}

// decimals returns how many digits after the point leave value with three digits once rounded.
func decimals(value float64) int {
	switch value = math.Abs(value); {
	case value < 9.995:
		return 2
	case value < 99.95:
		return 1
	}
	return 0
}
