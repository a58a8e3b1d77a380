package budget_test

import (
	"testing"

	"pgregory.net/rapid"

	"sixseed/policy/budget"
)

func TestDays_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"daily":           "daily",
		"mon-sun":         "daily",
		"wed-tue":         "daily",
		"sat":             "sat",
		"mon-fri":         "mon-fri",
		"Mon-Fri":         "mon-fri",
		"sat,sun":         "sat,sun",
		"sat-sun":         "sat,sun",
		"sun , sat":       "sat,sun",
		"fri-mon":         "mon,fri-sun",
		"wed-fri,mon":     "mon,wed-fri",
		"mon-wed,fri-sun": "mon-wed,fri-sun",
		"tue-thu,wed-sat": "tue-sat",
		"sun,daily":       "daily",
	} {
		var days budget.Days
		if err := days.UnmarshalText([]byte(text)); err != nil || days.String() != want {
			t.Errorf("%q = %v, %v; want %s", text, days, err, want)
		}
	}
}

func TestDays_UnmarshalText_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const hint = ` are not days: use "daily", a day such as "sat", a range such as "mon-fri", or several of them such as "mon,wed-fri"`
	for _, text := range []string{"", "mon,", "monday", "mon-", "-fri", "mon-tue-wed", "mon-daily", "weekend", "mo", "1-5"} {
		days := parseDays(t, "sat")
		err := days.UnmarshalText([]byte(text))
		if want := `"` + text + `"` + hint; err == nil || err.Error() != want {
			t.Errorf("%q: got error %v\nwant %s", text, err, want)
		}
		if days.String() != "sat" {
			t.Errorf("%q was refused and left %v", text, days)
		}
	}
}

func TestDays_MarshalText(t *testing.T) {
	t.Parallel()
	for want := range budget.Days(1<<7 - 1) { // every set but the empty one
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if got := parseDays(t, string(text)); got != want {
			t.Errorf("%08b: %s read back as %08b", want, text, got)
		}
	}
}

func TestHours_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]budget.Hours{
		"00:00-24:00":   {},
		"08:00-18:30":   {From: 480, Until: 1110},
		"22:00-06:00":   {From: 1320, Until: 360},
		"22:00-24:00":   {From: 1320},
		"22:00-00:00":   {From: 1320},
		"08:00 - 18:00": {From: 480, Until: 1080},
		"00:00-00:01":   {Until: 1},
	} {
		var hours budget.Hours
		if err := hours.UnmarshalText([]byte(text)); err != nil || hours != want {
			t.Errorf("%q = %v, %v; want %v", text, hours, err, want)
		}
	}
}

func TestHours_UnmarshalText_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const (
		malformed = ` are not hours: use such as "08:00-18:00", or over midnight "22:00-06:00"`
		empty     = ` end when they begin: use "00:00-24:00" for the whole day`
	)
	for text, want := range map[string]string{
		"":                  malformed,
		"08:00":             malformed,
		"8:00-18:00":        malformed,
		"8-18":              malformed,
		"08:00-18:60":       malformed,
		"08:00-24:01":       malformed,
		"24:00-08:00":       malformed,
		"-08:00-18:00":      malformed,
		"08:00-18:00-20:00": malformed,
		"08:00-08:00":       empty,
		"00:00-00:00":       empty,
	} {
		hours := budget.Hours{From: 1, Until: 2}
		err := hours.UnmarshalText([]byte(text))
		if want := `"` + text + `"` + want; err == nil || err.Error() != want {
			t.Errorf("%q: got error %v\nwant %s", text, err, want)
		}
		if hours != (budget.Hours{From: 1, Until: 2}) {
			t.Errorf("%q was refused and left %v", text, hours)
		}
	}
}

func TestHours_MarshalText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := budget.Hours{From: rapid.IntRange(0, 1439).Draw(t, "from"), Until: rapid.IntRange(0, 1439).Draw(t, "until")}
		if want.From == want.Until && want.From != 0 {
			t.Skip("written otherwise")
		}
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if got := parseHours(t, string(text)); got != want {
			t.Fatalf("%v: %s read back as %v", want, text, got)
		}
	})
}

// FuzzWindow reads a text as days and as hours: what is accepted can be written and read again.
func FuzzWindow(f *testing.F) {
	for _, seed := range []string{"daily", "mon,wed-fri", "sat-mon", "22:00-06:00", "00:00-24:00", "24:00-00:00", "-", ",", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var days budget.Days
		if days.UnmarshalText([]byte(text)) == nil && parseDays(t, days.String()) != days {
			t.Errorf("%q was read as %v, and that otherwise", text, days)
		}
		var hours budget.Hours
		if hours.UnmarshalText([]byte(text)) == nil && parseHours(t, hours.String()) != hours {
			t.Errorf("%q was read as %v, and that otherwise", text, hours)
		}
	})
}
