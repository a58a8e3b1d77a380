package announce_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

func TestResolver_Literal(t *testing.T) {
	t.Parallel()
	resolve := announce.Resolve(func(context.Context, string, string) ([]netip.Addr, error) {
		t.Error("a literal address was looked up")
		return nil, errDown
	})
	for host, want := range map[string]family.Family{
		"192.0.2.1": family.V4, "::ffff:192.0.2.1": family.V4, "2001:db8::1": family.V6,
		"2002:c000:201::1": family.V6, // a tunnel's address needs an IPv6 socket
	} {
		for _, f := range family.All {
			if _, err := resolve(t.Context(), host, f); (err == nil) != (f == want) {
				t.Errorf("%s over %v: %v", host, f, err)
			}
		}
	}
}

func TestResolver_AsksOnceAMinute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		asked int // in two calls at once and one 61 s later
	}{
		"Address":   {nil, 2},
		"NoAddress": {&net.DNSError{IsNotFound: true}, 2},
		"Failure":   {&net.DNSError{IsTemporary: true}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				resolve := announce.Resolve(func(_ context.Context, network, _ string) ([]netip.Addr, error) {
					asked++
					if network != "ip6" {
						t.Errorf("asked for %s", network)
					}
					return []netip.Addr{netip.MustParseAddr("2001:db8::1")}, c.err
				})
				for _, wait := range []time.Duration{0, 0, 61 * time.Second} {
					time.Sleep(wait)
					addrs, err := resolve(t.Context(), "t.example", family.V6)
					if (err == nil) != (c.err == nil) || err == nil && !slices.Equal(addrs, []netip.Addr{netip.MustParseAddr("2001:db8::1")}) {
						t.Errorf("got %v, %v", addrs, err)
					}
				}
				if asked != c.asked {
					t.Errorf("asked %d times, want %d", asked, c.asked)
				}
			})
		})
	}
}

func TestResolver_NoAddressIsNotAFailure(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		&net.DNSError{IsNotFound: true}:            true,
		&net.AddrError{Err: "no suitable address"}: true,
		&net.DNSError{IsTimeout: true}:             false,
		context.DeadlineExceeded:                   false,
	} {
		resolve := announce.Resolve(func(context.Context, string, string) ([]netip.Addr, error) { return nil, err })
		_, got := resolve(t.Context(), "t.example", family.V4)
		if _, ok := errors.AsType[announce.NoAddressError](got); ok != want {
			t.Errorf("%v came out as %v", err, got)
		}
	}
}
