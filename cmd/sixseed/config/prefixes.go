package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"

	"sixseed/policy/family"
)

// Prefixes are networks with a class of their own, by masked prefix.
type Prefixes map[netip.Prefix]family.Class

// setPrefixes takes over a table whose keys are networks.
func (r *reading) setPrefixes(networks entry, into reflect.Value) {
	prefixes := make(Prefixes, len(networks.table))
	names := make(map[netip.Prefix]string, len(networks.table))
	for _, e := range networks.table {
		r.lines[e.name] = cmp.Or(e.line, networks.line) // the toml package has no line for a key of no letters
		prefix, class, err := e.asPrefix()
		if err != nil {
			r.report(e.name, "%v", err)
			continue
		}
		if other, ok := names[prefix]; ok {
			r.report(e.name, "is the same network as %s: remove one of them", other)
			continue
		}
		names[prefix], prefixes[prefix] = e.name, class
	}
	into.Set(reflect.ValueOf(prefixes))
}

// asPrefix reads an entry as a network and its class.
func (e entry) asPrefix() (prefix netip.Prefix, class family.Class, err error) {
	if e.table != nil {
		return prefix, class, errors.New(`is a table: put a network in quotes, as in "192.0.2.0/24" = "ipv6"`)
	}
	if prefix, err = parsePrefix(e.key); err != nil {
		return prefix, class, err
	}
	text, ok := e.value.(string)
	if !ok {
		return prefix, class, fmt.Errorf(`is %s, must be "ipv4", "ipv6" or "never"`, kindOf(e.value))
	}
	err = class.UnmarshalText([]byte(text))
	return prefix, class, err
}

// parsePrefix reads a network in CIDR notation. The bits beyond its length need not be 0.
func parsePrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap().WithZone("")
			return prefix, fmt.Errorf("is an address, not a network: write %q", netip.PrefixFrom(addr, addr.BitLen()))
		}
		return prefix, errors.New(`is not a network: use one like "192.0.2.0/24" or "2001:db8::/32"`)
	}
	if prefix.Addr().Is4In6() {
		return prefix, fmt.Errorf("is IPv4 written as IPv6: write %q", unmapped(prefix))
	}
	return prefix.Masked(), nil
}

// unmapped is the IPv4 network that a 4-in-6 prefix was probably meant for. A length too short for one is that of IPv4.
func unmapped(prefix netip.Prefix) netip.Prefix {
	const before = 96 // bits before the IPv4 address
	addr, bits := prefix.Addr().Unmap(), prefix.Bits()
	if bits >= before {
		bits -= before
	}
	return netip.PrefixFrom(addr, min(bits, addr.BitLen())).Masked()
}
