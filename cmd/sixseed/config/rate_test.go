package config_test

import (
	"testing"

	"pgregory.net/rapid"

	"sixseed/cmd/sixseed/config"
)

func TestRate_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.Rate{
		"0":            0,
		"0 Mbit/s":     0,
		"unlimited":    config.UnlimitedRate,
		"400 Mbit/s":   50_000_000,
		"400Mbit/s":    50_000_000,
		" 400  Mb/s ":  50_000_000,
		"400 Mbits/s":  50_000_000,
		"800 kbit/s":   100_000,
		"800 Kbit/s":   100_000,
		"8 Kibit/s":    1024,
		"50 MB/s":      50_000_000,
		"50 MiB/s":     50 << 20,
		"1.5 GB/s":     1_500_000_000,
		"0.5 TiB/s":    1 << 39,
		"1 PB/s":       1e15,
		"17 B/s":       17,
		"17.4 B/s":     17, // to the nearest byte
		"17.5 B/s":     18,
		"12 bit/s":     2, // 1.5 bytes
		"007 B/s":      7,
		"9.2 Mbit/s":   1_150_000, // exact, though 9.2 is not in binary
		"9000 PB/s":    9_000_000_000_000_000_000,
		"0.0000 MB/s":  0,
		"73786.9 PbIt": -1,
	} {
		var got config.Rate
		err := got.UnmarshalText([]byte(text))
		switch {
		case want < 0 && err == nil:
			t.Errorf("%q was read as %d", text, got)
		case want >= 0 && (err != nil || got != want):
			t.Errorf("%q = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestRate_UnmarshalText_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const hint = `use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`
	for text, want := range map[string]string{
		"":                     `"" is not a rate: ` + hint,
		"fast":                 `"fast" is not a rate: ` + hint,
		"auto":                 `"auto" is not a rate: ` + hint,
		"NaN MB/s":             `"NaN MB/s" is not a rate: ` + hint,
		"+5 MB/s":              `"+5 MB/s" is not a rate: ` + hint,
		"1.2.3 MB/s":           `"1.2.3 MB/s" is not a rate: ` + hint,
		".5 MB/s":              `".5 MB/s" is not a rate: ` + hint,
		"1/3 MB/s":             `"1/3 MB/s" has an unknown unit, "/3 MB/s": ` + hint,
		"1e9 B/s":              `"1e9 B/s" has an unknown unit, "e9 B/s": ` + hint,
		"1,5 GB/s":             `"1,5 GB/s" has an unknown unit, ",5 GB/s": ` + hint,
		"-5 MB/s":              `"-5 MB/s" is negative: ` + hint,
		"400":                  `"400" has no unit: ` + hint,
		"400 mbit/s":           `"400 mbit/s" has an unknown unit, "mbit/s": did you mean "Mbit/s"?`,
		"400 mb/s":             `"400 mb/s" has an unknown unit, "mb/s": did you mean "MB/s" or "Mb/s"?`,
		"400 Mbit":             `"400 Mbit" has an unknown unit, "Mbit": did you mean "Mbit/s"?`,
		"400 kbps":             `"400 kbps" has an unknown unit, "kbps": did you mean "kB/s" or "kb/s"?`,
		"4 apples":             `"4 apples" has an unknown unit, "apples": ` + hint,
		"99999999999999 GB/s":  `"99999999999999 GB/s" is too large: the most is 9.2 million TB`,
		"9223372036854775807B": `"9223372036854775807B" has an unknown unit, "B": did you mean "B/s" or "b/s"?`,
		// One byte less than this would be the largest rate: this one means unlimited.
		"9223372036854775807 B/s": `"9223372036854775807 B/s" is too large: the most is 9.2 million TB`,
		"0.1 bit/s":               `"0.1 bit/s" is less than a byte`,
		"0.00000000000000000000000000000000000000001 MB/s": `"0.00000000000000000000000000000000000000001 MB/s" is not a rate: ` + hint,
	} {
		var rate config.Rate
		err := rate.UnmarshalText([]byte(text))
		if err == nil {
			t.Errorf("%q was read as %d", text, rate)
		} else if err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %v", text, err, want)
		}
	}
}

func TestRate_String(t *testing.T) {
	t.Parallel()
	for want, rate := range map[string]config.Rate{
		"0":          0,
		"unlimited":  config.UnlimitedRate,
		"400 Mbit/s": 50_000_000,
		"50 MiB/s":   50 << 20,
		"12 Gbit/s":  1_500_000_000,
		"1023 B/s":   1023,
		"9 B/s":      9,
	} {
		if got := rate.String(); got != want {
			t.Errorf("%d is written as %q, want %q", int64(rate), got, want)
		}
	}
}

func TestRate_ReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := config.Rate(rapid.Int64Min(0).Draw(t, "rate"))
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got config.Rate
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("%d was written as %q and read as %d, %v", want, text, got, err)
		}
	})
}

func TestAutoRate_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.AutoRate{
		"auto":      {Auto: true},
		"unlimited": {Rate: config.UnlimitedRate},
		"8 Mbit/s":  {Rate: 1_000_000},
	} {
		var got config.AutoRate
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q = %+v, %v; want %+v", text, got, err, want)
		}
		if again, err := got.MarshalText(); err != nil || string(again) != text {
			t.Errorf("%q is written as %q, %v", text, again, err)
		}
	}
	var rate config.AutoRate
	const want = `"Auto" is not a rate: ` +
		`use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited" or "auto"`
	if err := rate.UnmarshalText([]byte("Auto")); err == nil || err.Error() != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

func FuzzParseRate(f *testing.F) {
	for _, text := range []string{"0", "400 Mbit/s", "1.5 GB/s", "50MiB/s", "unlimited", "-1 B/s", "NaN", "1e9 B/s", "9 e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var rate, again config.Rate
		if rate.UnmarshalText([]byte(text)) != nil {
			return
		}
		if rate < 0 {
			t.Fatalf("%q was read as %d", text, rate)
		}
		if err := again.UnmarshalText([]byte(rate.String())); err != nil || again != rate {
			t.Fatalf("%q was read as %d, written as %q and read as %d, %v", text, rate, rate, again, err)
		}
	})
}
