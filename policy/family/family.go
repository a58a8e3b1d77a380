// Package family names the two address families and says which one an address belongs to.
//
// The family is decided once, where an address enters the program, and carried from there on: nothing downstream
// looks at an address again to find it out.
package family

import (
	"fmt"
	"net/netip"
)

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

// tunnels are the IPv6 prefixes whose packets travel inside IPv4, or are turned into IPv4, on their way.
var tunnels = [...]netip.Prefix{
	netip.MustParsePrefix("2001::/32"),    // Teredo, RFC 4380
	netip.MustParsePrefix("2002::/16"),    // 6to4, RFC 3056
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64, RFC 6052
}

// Classifier says which family an address counts as. The zero value counts tunnels as IPv4, which is what they are on
// the wire.
type Classifier struct {
	Tunnels Family // what Teredo, 6to4 and NAT64 addresses count as
}

// Of returns the family of addr. An IPv4 address written as IPv6 (::ffff:192.0.2.1) is IPv4.
func (c Classifier) Of(addr netip.Addr) Family {
	addr = addr.Unmap()
	if addr.Is4() {
		return V4
	}
	for _, prefix := range tunnels {
		if prefix.Contains(addr.WithZone("")) {
			return c.Tunnels
		}
	}
	return V6
}

// Of returns the family of addr with tunnels counted as IPv4.
func Of(addr netip.Addr) Family { return Classifier{}.Of(addr) }
