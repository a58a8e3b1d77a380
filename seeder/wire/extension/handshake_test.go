package extension_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/extension"
)

var compareAddresses = cmpopts.EquateComparable(netip.Addr{})

func TestParseHandshake_Captures(t *testing.T) {
	t.Parallel()
	want := map[string]extension.Handshake{
		"aria2-1.36.0":      {Client: "aria2/1.36.0", Port: 6998, Metadata: 9, PEX: 8},
		"libtorrent-2.0.8":  {Client: "libtorrent/2.0.8.0", Requests: 2000, Port: 6999, Metadata: 2, PEX: 1},
		"rtorrent-0.9.8":    {Client: "libTorrent 0.13.8", Requests: 2048, Port: 6997, Metadata: 2, PEX: 1},
		"transmission-3.00": {Client: "Transmission 3.00", Requests: 512, Port: 6996, Metadata: 3, PEX: 1},
	}
	seen := make(map[string]bool)
	for _, message := range captures(t) {
		if message.id != 0 {
			continue
		}
		client := strings.TrimSuffix(message.client, "-magnet") // which says the same, but for metadata_size
		seen[client] = true
		got, err := extension.ParseHandshake(message.body)
		if diff := cmp.Diff(want[client], got, compareAddresses); diff != "" || err != nil {
			t.Errorf("%s: %v; handshake (-want +got):\n%s", message.client, err, diff)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("handshakes of %v, want of %d clients", seen, len(want))
	}
}

func TestParseHandshake(t *testing.T) {
	t.Parallel()
	v4, v6 := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")
	six := string(v6.AsSlice())
	long := strings.Repeat("é", 65)
	for name, tc := range map[string]struct {
		body string
		want extension.Handshake
	}{
		"Empty": {"de", extension.Handshake{}},
		"Everything": {
			"d1:ei1e4:ipv44:\xc0\x00\x02\x074:ipv616:" + six +
				"1:md11:ut_metadatai3e6:ut_pexi255ee1:pi6881e4:reqqi500e11:upload_onlyi1e1:v3:abce",
			extension.Handshake{
				Client: "abc", Requests: 500, Port: 6881, IPv4: v4, IPv6: v6,
				UploadOnly: true, Encryption: true, Metadata: 3, PEX: 255,
			},
		},
		"AnyOrder": {
			"d1:v3:abc1:md6:ut_pexi1e11:ut_metadatai2ee1:ei1ee",
			extension.Handshake{Client: "abc", Encryption: true, Metadata: 2, PEX: 1},
		},
		"LastOfTwice":       {"d1:pi1e1:pi2ee", extension.Handshake{Port: 2}},
		"UnknownKeys":       {"d1:ali1eld1:xi1eeee1:pi1e1:zd1:yleee", extension.Handshake{Port: 1}},
		"UnknownExtensions": {"d1:md11:lt_donthavei7e6:ut_pexi1e1:xlee1:pi1ee", extension.Handshake{PEX: 1, Port: 1}},
		"DeepEnough": {
			"d1:x" + strings.Repeat("l", 7) + strings.Repeat("e", 7) + "1:pi1ee",
			extension.Handshake{Port: 1},
		},
		"NotDeepIfSideBySide": {"d1:xl" + strings.Repeat("le", 20) + "e1:pi1ee", extension.Handshake{Port: 1}},
		"OutOfRange": {
			"d1:md11:ut_metadatai257e6:ut_pexi-1ee1:pi65537e4:reqqi65537ee",
			extension.Handshake{Requests: 65535},
		},
		"Negative": {"d1:pi-1e4:reqqi-1ee", extension.Handshake{}},
		"FarOutOfRange": {
			"d1:pi-99999999999999999999e4:reqqi99999999999999999999ee",
			extension.Handshake{Requests: 65535},
		},
		"GreatestInRange":     {"d1:pi65535e4:reqqi65535ee", extension.Handshake{Port: 65535, Requests: 65535}},
		"WrongKinds":          {"d1:ele4:ipv4i1e4:ipv6de1:mi1e1:p1:x4:reqqle11:upload_only1:11:vi1ee", extension.Handshake{}},
		"WrongKindOfID":       {"d1:md6:ut_pex1:xee", extension.Handshake{}},
		"AddressesOfNoLength": {"d4:ipv43:abc4:ipv64:abcde", extension.Handshake{}},
		"AddressesSwapped":    {"d4:ipv416:" + six + "4:ipv64:abcde", extension.Handshake{}},
		"MappedAddress": {
			"d4:ipv616:" + strings.Repeat("\x00", 10) + "\xff\xff\xc0\x00\x02\x07e",
			extension.Handshake{},
		},
		"UnprintableName": {"d1:v10:a\x1b[31m\xff\xe2\x80\xaee", extension.Handshake{Client: "a\uFFFD[31m\uFFFD\uFFFD"}},
		"LongName":        {"d1:v130:" + long + "e", extension.Handshake{Client: long[:128]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extension.ParseHandshake([]byte(tc.body))
			if diff := cmp.Diff(tc.want, got, compareAddresses); diff != "" || err != nil {
				t.Errorf("%v; handshake (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestParseHandshake_Malformed(t *testing.T) {
	t.Parallel()
	testMalformed(t, "parse extension handshake", func(body []byte) error {
		h, err := extension.ParseHandshake(body)
		if h != (extension.Handshake{}) {
			t.Errorf("%.20q: %+v beside an error", body, h)
		}
		return err
	})
}

func TestHandshake_Append(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		handshake extension.Handshake
		want      string
	}{
		"Empty": {extension.Handshake{}, "d1:mdee"},
		"Everything": {
			extension.Handshake{
				Client: "µ 1", Requests: 500, Port: 6881,
				IPv4: netip.MustParseAddr("192.0.2.7"), IPv6: netip.MustParseAddr("2001:db8::7"),
				UploadOnly: true, Encryption: true, Metadata: 3, PEX: 255,
			},
			"d1:ei1e4:ipv44:\xc0\x00\x02\x074:ipv616:\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07" +
				"1:md11:ut_metadatai3e6:ut_pexi255ee1:pi6881e4:reqqi500e11:upload_onlyi1e1:v4:µ 1e",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff("before"+tc.want, string(tc.handshake.Append([]byte("before")))); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHandshake_ParsesToTheSame(t *testing.T) {
	t.Parallel()
	address := func(t *rapid.T, size int) netip.Addr {
		b := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "address")
		b[0] |= 0x20 // not mapped
		a, _ := netip.AddrFromSlice(b)
		return rapid.SampledFrom([]netip.Addr{{}, a}).Draw(t, "one or none")
	}
	rapid.Check(t, func(t *rapid.T) {
		want := extension.Handshake{
			Client:     rapid.StringOfN(rapid.RuneFrom([]rune("aZ0 /.µ漢🌱")), 0, 64, -1).Draw(t, "client"),
			Requests:   rapid.IntRange(0, 65535).Draw(t, "requests"),
			Port:       rapid.Uint16().Draw(t, "port"),
			IPv4:       address(t, 4),
			IPv6:       address(t, 16),
			UploadOnly: rapid.Bool().Draw(t, "upload only"),
			Encryption: rapid.Bool().Draw(t, "encryption"),
			Metadata:   rapid.Byte().Draw(t, "metadata"),
			PEX:        rapid.Byte().Draw(t, "pex"),
		}
		got, err := extension.ParseHandshake(want.Append(nil))
		if diff := cmp.Diff(want, got, compareAddresses); diff != "" || err != nil {
			t.Fatalf("%v; handshake (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzParseHandshake(f *testing.F) {
	seed(f, 0)
	for _, tc := range malformed {
		f.Add([]byte(tc.body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := extension.ParseHandshake(body)
		if err != nil {
			return
		}
		clean := h.Append(nil)
		if longest := 512; len(clean) > longest {
			t.Errorf("%d bytes out of %d, more than %d", len(clean), len(body), longest)
		}
		again, err := extension.ParseHandshake(clean)
		if diff := cmp.Diff(h, again, compareAddresses); diff != "" || err != nil {
			t.Errorf("%q: %v; handshake (-first +second):\n%s", clean, err, diff)
		}
	})
}

// BenchmarkParseHandshake reads what libtorrent says.
func BenchmarkParseHandshake(b *testing.B) {
	for _, message := range captures(b) {
		if message.id != 0 || message.client != "libtorrent-2.0.8" {
			continue
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := extension.ParseHandshake(message.body); err != nil {
				b.Fatal(err)
			}
		}
	}
}
