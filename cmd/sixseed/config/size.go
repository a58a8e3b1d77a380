package config

import "math"

// Size is an amount of data in bytes, 0 or more: a quota.
type Size int64

// UnlimitedSize is the absence of a quota, more than every size that can be written.
const UnlimitedSize Size = math.MaxInt64

// Bits are not taken: "5 Tb" for a monthly quota is more likely a slip than meant.
var sizeNotation = notation{
	kind:    "size",
	endings: []string{"B"},
	hint:    `use a number with a unit of bytes, such as "5 TB" or "500 GiB", or "unlimited"`,
}

// UnmarshalText reads "unlimited" or a size in bytes with SI or IEC prefixes: "5 TB", "500 GiB", "0".
func (s *Size) UnmarshalText(text []byte) error {
	if string(text) == unlimited {
		*s = UnlimitedSize
		return nil
	}
	bytes, err := sizeNotation.parse(string(text))
	if err != nil {
		return err
	}
	*s = Size(bytes)
	return nil
}

// MarshalText is String as encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String writes the size so that UnmarshalText reads the same one.
func (s Size) String() string {
	if s == UnlimitedSize {
		return unlimited
	}
	return sizeNotation.format(int64(s))
}
