package family

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// Class is what an admin has made of a network: one of the families, or none that is served.
type Class uint8

// The classes. The zero value is ClassV4, which is never preferred.
const (
	ClassV4    Class = iota // counts as IPv4
	ClassV6                 // counts as IPv6
	ClassNever              // is never served
)

var classNames = [...]string{ClassV4: "ipv4", ClassV6: "ipv6", ClassNever: "never"}

// String returns "ipv4", "ipv6" or "never".
func (c Class) String() string { return classNames[c] }

// MarshalText is String as encoding.TextMarshaler.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what String writes and refuses everything else.
func (c *Class) UnmarshalText(text []byte) error {
	i := slices.Index(classNames[:], string(text))
	if i < 0 {
		return fmt.Errorf(`%q is not a class of addresses: use "ipv4", "ipv6" or "never"`, text)
	}
	*c = Class(i) //nolint:gosec // an index of a list of three
	return nil
}

// Prefixes are networks with a class of their own. The zero value has none.
type Prefixes struct {
	classes map[netip.Prefix]Class // by masked prefix
	lengths Pair[[]int]            // in bits, those that there are, the longest first
}

// NewPrefixes returns prefixes that give networks their classes. The bits beyond a network's length are of no account.
// Addresses are compared without their 4-in-6 form, so a prefix of such addresses holds none, and an invalid one neither.
func NewPrefixes(classes map[netip.Prefix]Class) Prefixes {
	p := Prefixes{classes: make(map[netip.Prefix]Class, len(classes))}
	for prefix, class := range classes {
		if !prefix.IsValid() {
			continue
		}
		p.classes[prefix.Masked()] = class
		lengths := p.lengths.At(version(prefix.Addr()))
		*lengths = append(*lengths, prefix.Bits())
	}
	for _, f := range All {
		lengths := p.lengths.At(f)
		slices.SortFunc(*lengths, func(a, b int) int { return cmp.Compare(b, a) })
		*lengths = slices.Compact(*lengths)
	}
	return p
}

// find returns the class of the longest prefix that holds addr, which is neither 4-in-6 nor zoned. It takes one look per
// length, however many networks there are.
func (p Prefixes) find(addr netip.Addr) (c Class, ok bool) {
	for _, bits := range p.lengths.Get(version(addr)) {
		prefix, _ := addr.Prefix(bits) // the length suits the address: it is that of a prefix of its version
		if c, ok = p.classes[prefix]; ok {
			return c, true
		}
	}
	return ClassV4, false
}

// version is the family that addr is written in, whatever it counts as.
func version(addr netip.Addr) Family {
	if addr.Is4() {
		return V4
	}
	return V6
}
