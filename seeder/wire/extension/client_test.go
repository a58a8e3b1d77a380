package extension_test

import (
	"net/netip"
	"testing"

	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/peer_protocol"
	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/extension"
)

// TestClientReads checks that the engine's client understands what it is given in place of peers' own words.
func TestClientReads(t *testing.T) {
	t.Parallel()
	t.Run("Handshake", func(t *testing.T) {
		t.Parallel()
		var got peer_protocol.ExtendedHandshakeMessage
		body := extension.Handshake{
			Client: "abc", Requests: 500, Port: 6881, UploadOnly: true, Encryption: true, Metadata: 3, PEX: 255,
			IPv4: netip.MustParseAddr("192.0.2.7"), IPv6: netip.MustParseAddr("2001:db8::7"),
		}.Append(nil)
		if err := bencode.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		want := peer_protocol.ExtendedHandshakeMessage{
			M: map[peer_protocol.ExtensionName]peer_protocol.ExtensionNumber{"ut_metadata": 3, "ut_pex": 255},
			V: "abc", Reqq: 500, Port: 6881, Encryption: true, Ipv4: peer_protocol.CompactIp{192, 0, 2, 7},
			Ipv6: netip.MustParseAddr("2001:db8::7").AsSlice(),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("handshake (-want +got):\n%s", diff)
		}
	})
	t.Run("PEX", func(t *testing.T) {
		t.Parallel()
		clean, err := extension.CleanPEX([]byte(lists("added6", compact("[2001:db8::1]:6881"), "dropped", compact("192.0.2.1:1"))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := peer_protocol.LoadPexMsg(clean)
		if err != nil || len(got.Added6) != 1 || len(got.Added6Flags) != 1 || len(got.Dropped) != 1 || got.Len() != 2 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("MetadataRequest", func(t *testing.T) {
		t.Parallel()
		var got peer_protocol.ExtendedMetadataRequestMsg
		if err := bencode.Unmarshal(extension.AppendMetadataRequest(nil, 7), &got); err != nil {
			t.Fatal(err)
		}
		if got.Type != peer_protocol.RequestMetadataExtensionMsgType || got.Piece != 7 {
			t.Errorf("%+v", got)
		}
	})
}
