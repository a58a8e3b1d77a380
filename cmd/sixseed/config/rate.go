package config

import "math"

// Rate is an upload rate in bytes per second, 0 or more.
type Rate int64

// UnlimitedRate is the absence of a limit, more than every rate that can be written.
const UnlimitedRate Rate = math.MaxInt64

const unlimited = "unlimited"

var rateNotation = notation{
	kind:    "rate",
	endings: []string{"bit", "B", "bits", "b"},
	suffix:  "/s",
	hint:    `use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`,
}

// UnmarshalText reads "unlimited" or a rate in bits or bytes with SI or IEC prefixes: "400 Mbit/s", "1.5 GB/s",
// "50 MiB/s", "0".
func (r *Rate) UnmarshalText(text []byte) (err error) {
	*r, err = parseRate(string(text), rateNotation)
	return err
}

// MarshalText is String as encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String writes the rate so that UnmarshalText reads the same one.
func (r Rate) String() string {
	if r == UnlimitedRate {
		return unlimited
	}
	return rateNotation.format(int64(r))
}

// AutoRate is a rate that the program may find out by itself.
type AutoRate struct {
	Auto bool
	Rate Rate // meaningless if Auto
}

const auto = "auto"

// UnmarshalText reads "auto" or what Rate reads.
func (r *AutoRate) UnmarshalText(text []byte) error {
	if string(text) == auto {
		*r = AutoRate{Auto: true}
		return nil
	}
	notation := rateNotation
	notation.hint += ` or "auto"`
	rate, err := parseRate(string(text), notation)
	*r = AutoRate{Rate: rate}
	return err
}

// MarshalText is String as encoding.TextMarshaler.
func (r AutoRate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String writes the rate so that UnmarshalText reads the same one.
func (r AutoRate) String() string {
	if r.Auto {
		return auto
	}
	return r.Rate.String()
}

// parseRate reads what is common to the kinds of rate.
func parseRate(text string, n notation) (Rate, error) {
	if text == unlimited {
		return UnlimitedRate, nil
	}
	bytes, err := n.parse(text)
	return Rate(bytes), err
}
