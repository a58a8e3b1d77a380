package admission_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// numbered makes addresses of a pattern that has a place for a number.
func numbered(pattern string) func(int) string {
	return func(n int) string { return fmt.Sprintf(pattern, n) }
}

func always(address string) func(int) string {
	return func(int) string { return address }
}

// farApart makes addresses from both ends of a /64.
func farApart(n int) string {
	return fmt.Sprintf("2001:db8::%x:0:0:%x", n%2*0xffff, n)
}

// TestDoor_PerAddress has connections from like addresses come, one half to stay strangers, the other to become peers.
func TestDoor_PerAddress(t *testing.T) {
	t.Parallel()
	const limit, all = 3, 99
	for name, tc := range map[string]struct {
		address func(n int) string
		want    int // how many get in
	}{
		"OneIPv4Address":        {always("192.0.2.1"), limit},
		"OneLoopback":           {always("127.0.0.1"), limit},
		"OneIPv6Loopback":       {always("::1"), limit},
		"One4In6Address":        {always("::ffff:192.0.2.1"), limit},
		"IPv4Neighbours":        {numbered("192.0.2.%d"), all},
		"4In6Neighbours":        {numbered("::ffff:192.0.2.%d"), all},
		"One64":                 {numbered("2001:db8::%d"), limit},
		"One64FromEndToEnd":     {farApart, limit},
		"One64InManyZones":      {numbered("fe80::1%%eth%d"), limit},
		"One48":                 {numbered("2001:db8:1:%d::1"), 4 * limit},
		"Many48":                {numbered("2001:db8:%d::1"), all},
		"OneIPv4AddressBy6to4":  {numbered("2002:c000:201:%d::1"), 4 * limit},
		"OneIPv4AddressByNAT64": {always("64:ff9b::192.0.2.1"), limit},
		"ManyIPv4ByNAT64":       {numbered("64:ff9b::192.0.2.%d"), all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := admission.NewDoor[*peer](admission.Limits{PerAddress: limit})
			in := 0
			for n := 1; n <= all; n++ {
				addr := netip.MustParseAddr(tc.address(n))
				conn := new(peer)
				_, _, err := d.Knock(conn, admission.Origin{Addr: addr, Family: family.Of(addr), Dialled: n%3 == 0})
				if err == nil {
					in++
				} else if !errors.Is(err, admission.ErrAddress) {
					t.Fatalf("%v: %v", addr, err)
				}
				if n%2 == 0 && err == nil {
					if _, _, err := d.Enter(conn, admission.InfoHash{}); err != nil {
						t.Fatalf("%v enters: %v", addr, err)
					}
				}
			}
			if in != tc.want {
				t.Errorf("%d got in, want %d", in, tc.want)
			}
		})
	}
}

func TestDoor_PerAddressOverTwoFamilies(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{PerAddress: 1})
	knocks(t, d, "a 192.0.2.1", "b ::1", "c 2001:db8::1 - dialled")
	for _, l := range []line{"x 192.0.2.1", "x ::ffff:192.0.2.1 - dialled", "x ::2", "x 2001:db8::ff"} {
		if got, want := l.knock(d), admission.ErrAddress.Error(); got != want {
			t.Errorf("%q: %s, want %s", l, got, want)
		}
	}
	want := family.Pair[admission.Counts]{
		V4: admission.Counts{Strangers: 1, RefusedAddress: 2},
		V6: admission.Counts{Strangers: 1, Dialled: 1, RefusedAddress: 2},
	}
	if got := d.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestDoor_PerAddressFreesAPlace(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{PerAddress: 1})
	conn, origin, infoHash := line("a 2001:db8::1 T").read()
	for range 3 {
		if got := outcome(d.Knock(conn, origin)); got != "-" {
			t.Fatalf("knocked: %s", got)
		}
		if got := line("x 2001:db8::2").knock(d); got == "-" {
			t.Fatal("a second one of the /64 got in")
		}
		if got := outcome(d.Enter(conn, infoHash)); got != "-" {
			t.Fatalf("entered: %s", got)
		}
		d.Leave(conn)
	}
}
