package family_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"sixseed/policy/family"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]family.Family{
		"192.0.2.1":                     family.V4,
		"::ffff:192.0.2.1":              family.V4,
		"2001:db8::1":                   family.V6,
		"::1":                           family.V6,
		"fe80::1%eth0":                  family.V6,
		"2001:0:4136:e378:8000:63bf::1": family.V4, // Teredo
		"2002:c000:201::1":              family.V4, // 6to4
		"2002:c000:201::1%eth0":         family.V4,
		"64:ff9b::192.0.2.1":            family.V4, // NAT64
		"64:ff9b:1::192.0.2.1":          family.V4, // NAT64 of a network's own
		"64:ff9b:1:ffff::1":             family.V4,
		"64:ff9b:2::1":                  family.V6,
		"64:ff9b:0:1::1":                family.V6,
		"2001:470:1f0b::1":              family.V6, // a native prefix beside Teredo's
		"2a00:1450:4001:830::200e":      family.V6,
		"2003:e8:2f1f:8600:1234::ab":    family.V6,
	} {
		if got := family.Of(netip.MustParseAddr(address)); got != want {
			t.Errorf("Of(%s) = %v, want %v", address, got, want)
		}
	}
}

func TestClassifier_TunnelsAsConfigured(t *testing.T) {
	t.Parallel()
	classifier := family.Classifier{Tunnels: family.V6}
	if got := classifier.Of(netip.MustParseAddr("2002:c000:201::1")); got != family.V6 {
		t.Errorf("6to4 = %v, want ipv6", got)
	}
	if got := classifier.Of(netip.MustParseAddr("::ffff:192.0.2.1")); got != family.V4 {
		t.Errorf("4-in-6 = %v, want ipv4", got)
	}
}

// TestClassifier_Prefixes goes through what an admin may have put in classes of their own.
func TestClassifier_Prefixes(t *testing.T) {
	t.Parallel()
	classifier := family.Classifier{Prefixes: newPrefixes(map[string]family.Class{
		"198.51.100.0/24":    family.ClassV6, // a campus that has no IPv6 yet
		"198.51.100.128/25":  family.ClassNever,
		"198.51.100.200/32":  family.ClassV4,
		"2001:db8::/32":      family.ClassV4,
		"2001:db8:42::/48":   family.ClassV6,
		"2001:db8:42:1::/64": family.ClassNever,
		"2002:c000:201::/48": family.ClassV6,    // the one 6to4 network that is welcome
		"2001::/32":          family.ClassNever, // Teredo
		"203.0.113.77/24":    family.ClassNever, // the last byte is beyond its length
	})}
	for address, want := range map[string]struct {
		family family.Family
		served bool
	}{
		"198.51.100.1":          {family.V6, true},
		"::ffff:198.51.100.1":   {family.V6, true},
		"198.51.100.129":        {family.V4, false},
		"::ffff:198.51.100.129": {family.V4, false},
		"198.51.100.200":        {family.V4, true},
		"198.51.101.1":          {family.V4, true},
		"2001:db8:1::1":         {family.V4, true},
		"2001:db8:42::1":        {family.V6, true},
		"2001:db8:42::1%eth0":   {family.V6, true},
		"2001:db8:42:1::1":      {family.V6, false},
		"2001:db8:42:1::1%eth0": {family.V6, false},
		"2002:c000:201::1":      {family.V6, true},
		"2002:c000:202::1":      {family.V4, true},
		"2001:0:4136::1":        {family.V4, false},
		"203.0.113.1":           {family.V4, false},
		"2a00::1":               {family.V6, true},
	} {
		addr := netip.MustParseAddr(address)
		if f, served := classifier.Of(addr), classifier.Serves(addr); f != want.family || served != want.served {
			t.Errorf("%s is %v, served: %v; want %v, %v", address, f, served, want.family, want.served)
		}
	}
}

func TestClassifier_WholeFamilies(t *testing.T) {
	t.Parallel()
	classifier := family.Classifier{Prefixes: newPrefixes(map[string]family.Class{
		"0.0.0.0/0": family.ClassNever, "::/0": family.ClassV4,
	})}
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	if classifier.Serves(v4) || classifier.Serves(netip.AddrFrom16(v4.As16())) || !classifier.Serves(v6) {
		t.Error("IPv4 is served, or IPv6 is not")
	}
	if got := classifier.Of(v6); got != family.V4 {
		t.Errorf("IPv6 counts as %v", got)
	}
}

func TestClassifier_OfNoAddress(t *testing.T) {
	t.Parallel()
	classifier := family.Classifier{Prefixes: family.NewPrefixes(map[netip.Prefix]family.Class{
		{}: family.ClassNever, netip.MustParsePrefix("::/0"): family.ClassV4,
	})}
	if !classifier.Serves(netip.Addr{}) || !classifier.Serves(netip.MustParseAddr("2001:db8::1")) {
		t.Error("no prefix is a prefix of something")
	}
}

// TestClassifier_LongestPrefix compares the classes of random addresses with those that a look at every prefix finds.
func TestClassifier_LongestPrefix(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6, 4))
	// Few bits differ, so that prefixes lie within each other and addresses in them.
	address := func() netip.Addr {
		high, low := byte(random.IntN(4)<<6), byte(random.IntN(4)<<6)
		if random.IntN(2) == 0 {
			return netip.AddrFrom4([4]byte{10, high, low, 1})
		}
		return netip.AddrFrom16([16]byte{0x2a, high, low, 15: 1})
	}
	for range 200 {
		classes := make(map[netip.Prefix]family.Class)
		for range 12 {
			prefix := netip.PrefixFrom(address(), 8+random.IntN(18)).Masked()
			classes[prefix] = []family.Class{family.ClassV4, family.ClassV6, family.ClassNever}[random.IntN(3)]
		}
		classifier := family.Classifier{Prefixes: family.NewPrefixes(classes)}
		for range 50 {
			addr := address()
			class, longest := family.ClassV4, -1
			if addr.Is6() {
				class = family.ClassV6
			}
			for prefix, c := range classes {
				if prefix.Contains(addr) && prefix.Bits() > longest {
					class, longest = c, prefix.Bits()
				}
			}
			if served := classifier.Serves(addr); served != (class != family.ClassNever) {
				t.Fatalf("%v is served: %v, want class %v of %v", addr, served, class, classes)
			}
			if f := classifier.Of(addr); class != family.ClassNever && f.String() != class.String() {
				t.Fatalf("%v is %v, want class %v of %v", addr, f, class, classes)
			}
		}
	}
}

func TestClass_Text(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]family.Class{
		"ipv4": family.ClassV4, "ipv6": family.ClassV6, "never": family.ClassNever,
	} {
		got := family.Class(99)
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
		if b, err := want.MarshalText(); string(b) != text || err != nil {
			t.Errorf("%d is %q, %v; want %q", want, b, err, text)
		}
	}
	c := family.ClassNever
	if err := c.UnmarshalText([]byte("always")); err == nil || c != family.ClassNever {
		t.Errorf("always: %v, %v", c, err)
	}
}

func BenchmarkClassifier_Of(b *testing.B) {
	classes := make(map[netip.Prefix]family.Class)
	for i := range 1000 {
		classes[netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i)}), 17+i%8).Masked()] = family.ClassV6
	}
	classifier := family.Classifier{Prefixes: family.NewPrefixes(classes)}
	addr := netip.MustParseAddr("192.0.2.1")
	b.ReportAllocs()
	for b.Loop() {
		_ = classifier.Of(addr)
	}
}

func newPrefixes(classes map[string]family.Class) family.Prefixes {
	parsed := make(map[netip.Prefix]family.Class, len(classes))
	for prefix, class := range classes {
		parsed[netip.MustParsePrefix(prefix)] = class
	}
	return family.NewPrefixes(parsed)
}
