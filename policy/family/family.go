// Package family names the two address families and says which one an address belongs to.
//
// The family is decided once, where an address enters the program, and carried from there on: nothing downstream
// looks at an address again to find it out.
package family

import "fmt"

// Family is an address family.
type Family uint8

// The two families. The zero value is V4, so that a value nobody set is never preferred.
const (
	V4 Family = iota
	V6
)

// All lists both families, the preferred one first.
var All = [...]Family{V6, V4}

// String returns "ipv4" or "ipv6", the form used in JSON, in metric labels and in the ledger.
func (f Family) String() string {
	if f == V6 {
		return "ipv6"
	}
	return "ipv4"
}

// MarshalText is String as encoding.TextMarshaler.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads "ipv4" or "ipv6" and refuses everything else.
func (f *Family) UnmarshalText(text []byte) error {
	switch string(text) {
	case "ipv4":
		*f = V4
	case "ipv6":
		*f = V6
	default:
		return fmt.Errorf(`%q is not an address family: use "ipv4" or "ipv6"`, text)
	}
	return nil
}
