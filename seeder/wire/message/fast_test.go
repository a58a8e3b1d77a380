package message_test

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

var allAA = [20]byte(bytes.Repeat([]byte{0xaa}, 20))

func TestAllowedFastSet(t *testing.T) {
	t.Parallel()
	vectors := []uint32{1059, 431, 808, 1217, 287, 376, 1188, 353, 508} // BEP 6, "Allowed Fast Set Generation"
	for name, tc := range map[string]struct {
		ip        string
		pieces, k int
		want      []uint32
	}{
		"BEP6With7":       {"80.4.4.200", 1313, 7, vectors[:7]},
		"BEP6With9":       {"80.4.4.200", 1313, 9, vectors},
		"SameIPv4Network": {"80.4.4.1", 1313, 9, vectors},
		"Mapped":          {"::ffff:80.4.4.200", 1313, 9, vectors},
		"AsManyAsAsked":   {"80.4.4.200", 3, 3, []uint32{0, 1, 2}},
		"FewerThanAsked":  {"2001:db8::1", 2, 9, []uint32{0, 1}},
		"NoPieces":        {"80.4.4.200", 0, 9, nil},
		"NoneAsked":       {"80.4.4.200", 1313, 0, nil},
		"Negative":        {"80.4.4.200", -1, -1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := message.AllowedFastSet(netip.MustParseAddr(tc.ip), allAA, tc.pieces, tc.k)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("pieces (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllowedFastSet_Networks(t *testing.T) {
	t.Parallel()
	set := func(ip string) []uint32 { return message.AllowedFastSet(netip.MustParseAddr(ip), allAA, 100_000, 10) }
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.254", true},
		{"192.0.2.1", "192.0.3.1", false},
		{"2001:db8::1", "2001:db8::ffff:1:2:3", true},
		{"2001:db8::1", "2001:db8::1%eth0", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
	} {
		if got := slices.Equal(set(tc.a), set(tc.b)); got != tc.same {
			t.Errorf("%s and %s get the same: %v, want %v", tc.a, tc.b, got, tc.same)
		}
	}
}

func TestAllowedFastSet_DistinctAndInRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ip, _ := netip.AddrFromSlice(rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 4, 4), rapid.SliceOfN(rapid.Byte(), 16, 16), rapid.Just([]byte(nil)),
		).Draw(t, "ip"))
		pieces := rapid.IntRange(1, 40).Draw(t, "pieces")
		k := rapid.IntRange(1, 20).Draw(t, "k")
		set := message.AllowedFastSet(ip, allAA, pieces, k)
		if want := min(k, pieces); len(set) != want {
			t.Fatalf("%d pieces, want %d", len(set), want)
		}
		slices.Sort(set)
		if len(slices.Compact(slices.Clone(set))) != len(set) || int(set[len(set)-1]) >= pieces {
			t.Fatalf("%v of %d pieces", set, pieces)
		}
	})
}
