package config_test

import (
	"testing"

	"pgregory.net/rapid"

	"sixseed/cmd/sixseed/config"
)

func TestSize_UnmarshalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.Size{
		"0":         0,
		"unlimited": config.UnlimitedSize,
		"5 TB":      5_000_000_000_000,
		"5TB":       5_000_000_000_000,
		"500 GiB":   500 << 30,
		"1.5 kB":    1500,
		"12 B":      12,
	} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestSize_UnmarshalText_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const hint = `use a number with a unit of bytes, such as "5 TB" or "500 GiB", or "unlimited"`
	for text, want := range map[string]string{
		"lots":       `"lots" is not a size: ` + hint,
		"5":          `"5" has no unit: ` + hint,
		"-5 TB":      `"-5 TB" is negative: ` + hint,
		"5 Tb":       `"5 Tb" has an unknown unit, "Tb": did you mean "TB"?`,
		"5 Tbit":     `"5 Tbit" has an unknown unit, "Tbit": ` + hint,
		"5 TB/month": `"5 TB/month" has an unknown unit, "TB/month": ` + hint,
		"0.1 B":      `"0.1 B" is less than a byte`,
	} {
		var size config.Size
		if err := size.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %v", text, err, want)
		}
	}
}

func TestSize_ReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := config.Size(rapid.Int64Min(0).Draw(t, "size"))
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got config.Size
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("%d was written as %q and read as %d, %v", want, text, got, err)
		}
	})
}
