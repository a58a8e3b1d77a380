package budget

import (
	"fmt"
	"strings"
	"time"
)

const (
	day          = 24 * time.Hour
	minutesOfDay = 24 * 60
)

// Hours is a part of a day, from From on, up to but without Until, both in minutes after midnight. If Until is not after
// From, it is the next day's. The zero value is the whole day.
type Hours struct {
	From, Until int
}

// UnmarshalText reads hours and minutes from 00:00 to 24:00, "08:00-18:00", also over midnight, "22:00-06:00".
func (h *Hours) UnmarshalText(text []byte) error {
	first, last, _ := strings.Cut(string(text), "-")
	from, fromOK := parseClock(strings.TrimSpace(first))
	until, untilOK := parseClock(strings.TrimSpace(last))
	switch {
	case !fromOK || !untilOK || from == minutesOfDay:
		return fmt.Errorf(`%q are not hours: use such as "08:00-18:00", or over midnight "22:00-06:00"`, text)
	case from == until:
		return fmt.Errorf(`%q end when they begin: use "00:00-24:00" for the whole day`, text)
	}
	*h = Hours{from, until % minutesOfDay}
	return nil
}

// MarshalText is String as encoding.TextMarshaler.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// String writes the hours so that UnmarshalText reads the same ones.
func (h Hours) String() string {
	until := h.Until
	if until == 0 {
		until = minutesOfDay
	}
	return formatClock(h.From) + "-" + formatClock(until)
}

// end returns Until in minutes after the midnight before From.
func (h Hours) end() int {
	if h.Until <= h.From {
		return h.Until + minutesOfDay
	}
	return h.Until
}

// parseClock reads "08:30" as minutes after midnight.
func parseClock(text string) (int, bool) {
	if text == "24:00" { // which time.Parse knows as the next day's 00:00
		return minutesOfDay, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

func formatClock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
