package family

import "net/netip"

// tunnels are the IPv6 prefixes whose packets travel inside IPv4, or are turned into IPv4, on their way.
var tunnels = [...]netip.Prefix{
	netip.MustParsePrefix("2001::/32"),      // Teredo, RFC 4380
	netip.MustParsePrefix("2002::/16"),      // 6to4, RFC 3056
	netip.MustParsePrefix("64:ff9b::/96"),   // NAT64, RFC 6052
	netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64 of a network's own, RFC 8215
}

// Classifier says which family an address counts as. That need not be the family of the packets: it is what policy goes
// by and what is counted. The zero value counts tunnels as IPv4, which is what they are on the wire.
type Classifier struct {
	Tunnels  Family   // what Teredo, 6to4 and NAT64 addresses count as
	Prefixes Prefixes // networks that count as something else than they are; they come before Tunnels
}

// Of returns the family that addr counts as. An IPv4 address written as IPv6 (::ffff:192.0.2.1) is IPv4. One that is
// never served counts as what it would be without its prefix.
func (c Classifier) Of(addr netip.Addr) Family {
	addr = plain(addr)
	switch class, ok := c.Prefixes.find(addr); {
	case ok && class == ClassV4:
		return V4
	case ok && class == ClassV6:
		return V6
	}
	for _, prefix := range tunnels {
		if prefix.Contains(addr) {
			return c.Tunnels
		}
	}
	return version(addr)
}

// Serves reports whether peers at addr are served, which they are unless a prefix says never.
func (c Classifier) Serves(addr netip.Addr) bool {
	class, ok := c.Prefixes.find(plain(addr))
	return !ok || class != ClassNever
}

// Of returns the family of addr with tunnels counted as IPv4.
func Of(addr netip.Addr) Family { return Classifier{}.Of(addr) }

// plain returns an address as prefixes are compared with it.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
