package budget

import (
	"fmt"
	"strings"
	"time"
)

// Days is a set of days of the week. The zero value is every day.
type Days uint8 // a bit for each day that is left out, so that it is

const everyday = "daily"

// week is in the order in which people write it.
var week = [...]time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// UnmarshalText reads "daily", a day ("sat"), a range ("mon-fri", "sat-mon"), or several of them ("mon,wed-fri").
func (d *Days) UnmarshalText(text []byte) error {
	var days Days = 1<<len(week) - 1 // none yet
	for part := range strings.SplitSeq(strings.ToLower(string(text)), ",") {
		part = strings.TrimSpace(part)
		if part == everyday {
			part = "mon-sun"
		}
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, until := place(first), place(last)
		if from < 0 || until < 0 {
			return fmt.Errorf(`%q are not days: use "daily", a day such as "sat", a range such as "mon-fri", `+
				`or several of them such as "mon,wed-fri"`, text)
		}
		days.add(from, until)
	}
	*d = days
	return nil
}

// MarshalText is String as encoding.TextMarshaler.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String writes the days so that UnmarshalText reads the same ones: the week from Monday on, three days in a row or more
// as a range.
func (d Days) String() string {
	if d == 0 {
		return everyday
	}
	var parts []string
	for from := 0; from < len(week); from++ {
		until := from
		for until < len(week) && d.has(week[until]) {
			until++
		}
		switch until - from {
		case 0:
		case 1, 2: // the second comes by itself
			parts = append(parts, short(week[from]))
		default:
			parts = append(parts, short(week[from])+"-"+short(week[until-1]))
			from = until
		}
	}
	return strings.Join(parts, ",")
}

// add adds the days from one place in the week to another, over its end if need be.
func (d *Days) add(from, until int) {
	for {
		*d &^= 1 << week[from]
		if from == until {
			return
		}
		from = (from + 1) % len(week)
	}
}

func (d Days) has(day time.Weekday) bool { return d&(1<<day) == 0 }

// place returns where in the week the day is that is called name, or -1.
func place(name string) int {
	for i, day := range week {
		if short(day) == strings.TrimSpace(name) {
			return i
		}
	}
	return -1
}

// short returns "mon" for Monday.
func short(day time.Weekday) string { return strings.ToLower(day.String()[:3]) }
