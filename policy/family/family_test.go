package family_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"sixseed/policy/family"
)

func TestOf(t *testing.T) {
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
		"2001:470:1f0b::1":              family.V6, // a native prefix beside Teredo's
		"64:ff9b:1::1":                  family.V6,
		"2a00:1450:4001:830::200e":      family.V6,
		"2003:e8:2f1f:8600:1234::ab":    family.V6,
	} {
		if got := family.Of(netip.MustParseAddr(address)); got != want {
			t.Errorf("Of(%s) = %v, want %v", address, got, want)
		}
	}
}

func TestClassifier_TunnelsAsConfigured(t *testing.T) {
	classifier := family.Classifier{Tunnels: family.V6}
	if got := classifier.Of(netip.MustParseAddr("2002:c000:201::1")); got != family.V6 {
		t.Errorf("6to4 = %v, want ipv6", got)
	}
	if got := classifier.Of(netip.MustParseAddr("::ffff:192.0.2.1")); got != family.V4 {
		t.Errorf("4-in-6 = %v, want ipv4", got)
	}
}

func TestFamily_Text(t *testing.T) {
	for _, want := range family.All {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got family.Family
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Errorf("%s read back as %v, %v", text, got, err)
		}
	}
	var f family.Family
	if err := f.UnmarshalText([]byte("inet6")); err == nil {
		t.Error("inet6 was accepted")
	}
}

func TestPair(t *testing.T) {
	var bytes family.Pair[int]
	*bytes.At(family.V6) += 6
	*bytes.At(family.V4) += 4
	if bytes != (family.Pair[int]{V4: 4, V6: 6}) || bytes.Get(family.V6) != 6 {
		t.Errorf("got %+v", bytes)
	}
	names := family.Both(family.Family.String)
	if names.V4 != "ipv4" || names.V6 != "ipv6" {
		t.Errorf("got %+v", names)
	}
}
