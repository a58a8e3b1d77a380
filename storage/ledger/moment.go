package ledger

import "time"

// Moment is where a report begins or ends, as people write it: "2026-01" is a month as it is billed, "2026-01-31" a day,
// and RFC 3339 ("2026-01-31T12:00:00Z") an instant. Months and days get their meaning from the ledger's time zone and
// billing day. The zero value is no limit.
type Moment struct {
	period Period    // Month, Day, or empty: an instant
	at     time.Time // of a month or day only the date counts
}

// ParseMoment reads a month, a day or an instant. The empty text is the zero Moment.
func ParseMoment(text string) (Moment, error) {
	if text == "" {
		return Moment{}, nil
	}
	for _, form := range [...]struct {
		layout string
		period Period
	}{{labels[Month], Month}, {labels[Day], Day}, {time.RFC3339, ""}} {
		if at, err := time.Parse(form.layout, text); err == nil {
			return Moment{form.period, at}, nil
		}
	}
	return Moment{}, badQuery(`%q is no time: use "2026-01", "2026-01-31" or "2026-01-31T12:00:00Z"`, text)
}

// UnmarshalText is ParseMoment as encoding.TextUnmarshaler.
func (m *Moment) UnmarshalText(text []byte) error {
	var err error
	*m, err = ParseMoment(string(text))
	return err
}

// IsZero says whether m is no limit.
func (m Moment) IsZero() bool { return m == Moment{} }

// beginning returns the first instant of m.
func (m Moment) beginning(c calendar) time.Time {
	year, month, day := m.at.Date()
	switch m.period {
	case Month:
		return c.month(year, month)
	case Day:
		return c.day(year, month, day)
	default:
		return m.at
	}
}

// end returns the first instant after m.
func (m Moment) end(c calendar) time.Time {
	if m.period == "" {
		return m.at
	}
	return c.next(m.period, m.beginning(c))
}
