package announce_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

func addrPorts(texts ...string) []netip.AddrPort {
	var peers []netip.AddrPort
	for _, text := range texts {
		peers = append(peers, netip.MustParseAddrPort(text))
	}
	return peers
}

func TestParseHTTPResponse(t *testing.T) {
	t.Parallel()
	v6 := strings.Repeat("\x20\x01", 8) + "\x1a\xe1"
	for name, c := range map[string]struct {
		body string
		want announce.Response
	}{
		"Everything": {
			"d8:intervali900e12:min intervali600e5:peers6:\xc0\x00\x02\x01\x1a\xe16:peers618:" + v6 + "10:tracker id2:id15:warning message3:hoye",
			announce.Response{
				Interval: 15 * time.Minute, MinInterval: 10 * time.Minute, Warning: "hoy", TrackerID: "id",
				Peers: addrPorts("192.0.2.1:6881", "[2001:2001:2001:2001:2001:2001:2001:2001]:6881"),
			},
		},
		"ListedPeers": {
			"d5:peersld2:ip9:192.0.2.14:porti6881eed2:ip11:2001:db8::14:porti1eed2:ip6:a.host4:porti1eed2:ip7:1.2.3.44:porti0ee3:fooee",
			announce.Response{Peers: addrPorts("192.0.2.1:6881", "[2001:db8::1]:1")},
		},
		"UselessPeers":     {"d5:peers12:\x00\x00\x00\x00\x1a\xe1\xc0\x00\x02\x01\x00\x00e", announce.Response{}},
		"TornPeers":        {"d5:peers7:1234567e", announce.Response{}},
		"UnsortedKeys":     {"d5:peers0:8:intervali900ee", announce.Response{Interval: 15 * time.Minute}},
		"EmptyFailure":     {"d14:failure reason0:8:intervali900ee", announce.Response{Interval: 15 * time.Minute}},
		"TrailingNewline":  {"d8:intervali900ee\n", announce.Response{Interval: 15 * time.Minute}},
		"NegativeInterval": {"d8:intervali-900ee", announce.Response{}},
		"HugeInterval":     {"d8:intervali9223372036854775807ee", announce.Response{Interval: 1 << 26 * time.Second}},
		"WrongTypes":       {"d8:interval3:9005:peersi1e15:warning messageleee", announce.Response{}},
		"LongTrackerID":    {"d10:tracker id300:" + strings.Repeat("x", 300) + "e", announce.Response{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := announce.ParseHTTPResponse([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateComparable(netip.AddrPort{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseHTTPResponse_Refusal(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]announce.RefusalError{
		"e":                                {Reason: "no"},
		"8:retry in5:nevere":               {Reason: "no", Never: true},
		"8:retry ini5ee":                   {Reason: "no", RetryIn: 5 * time.Minute},
		"8:retry ini-5ee":                  {Reason: "no"},
		"8:retry ini9223372036854775807ee": {Reason: "no", RetryIn: 24 * time.Hour},
		"8:retry in4:soone":                {Reason: "no"},
	} {
		_, err := announce.ParseHTTPResponse([]byte("d14:failure reason2:no" + rest))
		refused, ok := errors.AsType[*announce.RefusalError](err)
		if !ok || *refused != want {
			t.Errorf("%s: got %+v, want %+v", rest, err, want)
		}
	}
}

func TestParseHTTPResponse_Malformed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                                    "not a bencoded dictionary",
		"i1e":                                 "not a bencoded dictionary",
		"d":                                   "number without end",
		"d3:abc":                              "ends too early",
		"d9:abce":                             "string of 9 bytes, 4 are left",
		"d1:ai1xee":                           `"1x" is not a number`,
		"d1:ax":                               `no value begins with 'x'`,
		"di1ei2ee":                            "number without end",
		"d-1:ae":                              "string of -1 bytes",
		"d1:ai99999999999999999999e":          "is not a number",
		"d1:ai999999999999999999999999e":      "number without end",
		"d1:a" + strings.Repeat("l", 100_000): "nested too deep",
		"d1:al" + strings.Repeat("le", 100_000) + "ee": "too many values",
	} {
		_, err := announce.ParseHTTPResponse([]byte(body))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q", body, err, want)
		}
	}
}

func FuzzParseHTTPResponse(f *testing.F) {
	f.Add([]byte("d8:intervali900e12:min intervali600e5:peers6:\xc0\x00\x02\x01\x1a\xe110:tracker id2:id15:warning message3:hoye"))
	f.Add([]byte("d5:peersld2:ip9:192.0.2.14:porti6881eeee"))
	f.Add([]byte("d14:failure reason2:no8:retry in5:nevere"))
	f.Fuzz(func(t *testing.T, body []byte) {
		resp, err := announce.ParseHTTPResponse(body)
		checkResponse(t, resp, err)
	})
}

// checkResponse fails the test if a response could do harm.
func checkResponse(t *testing.T, resp announce.Response, err error) {
	t.Helper()
	if err != nil && len(resp.Peers) > 0 {
		t.Errorf("peers with error %v", err)
	}
	if resp.Interval < 0 || resp.MinInterval < 0 {
		t.Errorf("negative interval: %+v", resp)
	}
	if refused, ok := errors.AsType[*announce.RefusalError](err); ok && (refused.RetryIn < 0 || refused.Reason != announce.Printable(refused.Reason)) {
		t.Errorf("refusal %+v", refused)
	}
	for _, peer := range resp.Peers {
		if !peer.IsValid() || peer.Port() == 0 || peer.Addr().Is4In6() {
			t.Errorf("peer %v", peer)
		}
	}
}

func FuzzParseUDPResponse(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x07idididid"), uint32(7), false)
	f.Add([]byte("\x00\x00\x00\x01\x00\x00\x00\x07\x00\x00\x07\x08\x00\x00\x00\x01\x00\x00\x00\x01\xc0\x00\x02\x01\x1a\xe1"), uint32(7), false)
	f.Add([]byte("\x00\x00\x00\x03\x00\x00\x00\x07no"), uint32(7), true)
	f.Fuzz(func(t *testing.T, packet []byte, transaction uint32, overIPv6 bool) {
		over := family.V4
		if overIPv6 {
			over = family.V6
		}
		resp, err := announce.ParseAnnounceResponse(packet, transaction, over)
		checkResponse(t, resp, err)
		if id, err := announce.ParseConnectResponse(packet, transaction); err == nil && len(packet) < 16 {
			t.Errorf("id %x from %d bytes", id, len(packet))
		}
	})
}
