package extension_test

import (
	"net/netip"
	"testing"

	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/peer_protocol"
	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/extension"
)

// clients is what the engine's client says.
func clients(tb testing.TB) []byte {
	tb.Helper()
	body, err := bencode.Marshal(peer_protocol.ExtendedHandshakeMessage{
		M:    map[peer_protocol.ExtensionName]peer_protocol.ExtensionNumber{"ut_metadata": 1, "ut_pex": 2},
		V:    "somebody else",
		Reqq: 1024, Encryption: true, MetadataSize: 872, Port: 6881,
		YourIp: peer_protocol.CompactIp{192, 0, 2, 9},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	const kept = "1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei872e1:pi6881e"
	v4, v6 := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")
	six := string(v6.AsSlice())
	for name, tc := range map[string]struct {
		body string
		own  extension.Own
		want string
	}{
		"Everything": {
			string(clients(t)),
			extension.Own{Client: "sixseed 1", Requests: 2000, UploadOnly: true, IPv4: v4, IPv6: v6},
			"d1:ei0e4:ipv44:\xc0\x00\x02\x074:ipv616:" + six + kept +
				"4:reqqi2000e11:upload_onlyi1e1:v9:sixseed 16:yourip4:\xc0\x00\x02\x09e",
		},
		"NothingButEncryption": {
			string(clients(t)),
			extension.Own{Encryption: true},
			"d1:ei1e" + kept + "4:reqqi1024e1:v13:somebody else6:yourip4:\xc0\x00\x02\x09e",
		},
		"OnlyWhatTheClientLeftOut": {"de", extension.Own{Requests: 1, Client: "x"}, "d1:ei0e4:reqqi1e1:v1:xe"},
		"AddressesReplaced": {
			"d4:ipv44:abcd4:ipv616:0123456789abcdefe",
			extension.Own{IPv4: v4, IPv6: v6},
			"d1:ei0e4:ipv44:\xc0\x00\x02\x074:ipv616:" + six + "e",
		},
		"AddressesLeft": {
			"d4:ipv44:abcd4:ipv616:0123456789abcdefe",
			extension.Own{},
			"d1:ei0e4:ipv44:abcd4:ipv616:0123456789abcdefe",
		},
		"MappedAddress": {
			"de",
			extension.Own{IPv4: netip.MustParseAddr("::ffff:192.0.2.7")},
			"d1:ei0e4:ipv44:\xc0\x00\x02\x07e",
		},
		"OfTheOtherFamily":     {"de", extension.Own{IPv4: v6, IPv6: v4}, "d1:ei0ee"},
		"Sorted":               {"d1:zi1e1:a3:abc1:mdee", extension.Own{}, "d1:a3:abc1:ei0e1:mde1:zi1ee"},
		"UnknownKeptAsItIs":    {"d1:ald1:zi1e1:ai2eei3eee", extension.Own{}, "d1:ald1:zi1e1:ai2eei3ee1:ei0ee"},
		"UploadOnlyIsNotTaken": {"d11:upload_onlyi1ee", extension.Own{}, "d1:ei0e11:upload_onlyi1ee"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extension.Rewrite([]byte(tc.body), tc.own)
			if diff := cmp.Diff(tc.want, string(got)); diff != "" || err != nil {
				t.Errorf("%v; body (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestRewrite_Malformed(t *testing.T) {
	t.Parallel()
	testMalformed(t, "rewrite extension handshake", func(body []byte) error {
		_, err := extension.Rewrite(body, extension.Own{})
		return err
	})
}

func FuzzRewrite(f *testing.F) {
	seed(f, 0)
	f.Add(clients(f))
	f.Add([]byte("d1:v1:x1:v1:y1:ei7e0:lee"))
	own := extension.Own{
		Client: "sixseed", Requests: 1000, UploadOnly: true, Encryption: true,
		IPv4: netip.MustParseAddr("192.0.2.7"), IPv6: netip.MustParseAddr("2001:db8::7"),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		said, err := extension.ParseHandshake(body)
		ours, rewriting := extension.Rewrite(body, own)
		if (err == nil) != (rewriting == nil) {
			t.Fatalf("parsed: %v; rewritten: %v", err, rewriting)
		}
		if err != nil || len(ours) > extension.MaxLength {
			return
		}
		if again, err := extension.Rewrite(ours, own); err != nil || string(again) != string(ours) {
			t.Errorf("%q, then %q, %v", ours, again, err)
		}
		want := said
		want.Client, want.Requests, want.UploadOnly, want.Encryption = own.Client, own.Requests, true, true
		want.IPv4, want.IPv6 = own.IPv4, own.IPv6
		ours, err = extension.Rewrite(said.Append(nil), own) // in which no key is twice
		if err != nil {
			t.Fatal(err)
		}
		got, err := extension.ParseHandshake(ours)
		if diff := cmp.Diff(want, got, compareAddresses); diff != "" || err != nil {
			t.Errorf("%v; handshake (-want +got):\n%s", err, diff)
		}
	})
}
