package httptracker_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
)

// body reads an answer, which has status 200, is plain text, and bencoded as it must be, in any case.
func body(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	text, header := answer.Body.Bytes(), answer.Header()
	if answer.Code != http.StatusOK || header.Get("Content-Type") != "text/plain" {
		t.Errorf("status %d, type %q", answer.Code, header.Get("Content-Type"))
	}
	if got := header.Get("Content-Length"); got != strconv.Itoa(len(text)) {
		t.Errorf("the length is said to be %s, and is %d", got, len(text))
	}
	var decoded any
	if err := bencode.Unmarshal(text, &decoded); err != nil {
		t.Errorf("%q is not bencoded: %v", text, err)
	} else if sorted := bencode.MustMarshal(decoded); !bytes.Equal(sorted, text) {
		t.Errorf("%q should be %q", text, sorted)
	}
	return string(text)
}

// An answer in all its bytes, with one peer of each family.
var (
	externalIP = family.Pair[string]{
		V4: "4:\xc0\x00\x02\x07", V6: "16:\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x07",
	}
	peer6 = "\x20\x01\x0d\xb8" + strings.Repeat("\x00", 12) + "\x1a\xe1"
	peer4 = "\xc6\x33\x64\x00\x1a\xe1"
)

func answerTo(f family.Family, peers string) string {
	return "d8:completei7e10:downloadedi9e11:external ip" + externalIP.Get(f) +
		"10:incompletei8e8:intervali1800e12:min intervali900e" + peers + "e"
}

func TestServer_Announce(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		for name, test := range map[string]struct {
			query, want string
			peers       int
		}{
			"Compact":          {"&compact=1", "5:peers6:" + peer4 + "6:peers618:" + peer6, 1},
			"CompactByDefault": {"", "5:peers6:" + peer4 + "6:peers618:" + peer6, 1},
			"CompactEmpty":     {"&compact=", "5:peers6:" + peer4 + "6:peers618:" + peer6, 1},
			"Nobody":           {"&compact=1", "5:peers0:6:peers60:", 0},
			"Dictionaries": {
				"&compact=0", "5:peersld2:ip10:2001:db8::4:porti6881eed2:ip12:198.51.100.04:porti6881eee", 1,
			},
			"DictionariesWithoutPeerID": {
				"&compact=0&no_peer_id=1", "5:peersld2:ip10:2001:db8::4:porti6881eed2:ip12:198.51.100.04:porti6881eee", 1,
			},
			"DictionariesOfNobody": {"&compact=0", "5:peersle", 0},
		} {
			t.Run(f.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				counts := swarm.Counts{Seeders: 7, Leechers: 8, Downloaded: 9}
				fake := &trackertest.Tracker{Counts: counts, Peers: test.peers}
				server := open(t, httptracker.Config{}, fake)
				got := body(t, ask(server, clients.Get(f), "/announce?"+announceQuery+test.query))
				if diff := cmp.Diff(answerTo(f, test.want), got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				if got := server.Counts().Get(f); got != (httptracker.Counts{httptracker.Announced: 1}) {
					t.Errorf("counted %v", got)
				}
			})
		}
	}
}

// What is asked reaches the tracker, from the address of the connection and no other.
func TestServer_AnnounceAsksTheTracker(t *testing.T) {
	t.Parallel()
	infoHash := swarm.InfoHash([]byte("aaaaaaaaaaaaaaaaaaaa"))
	for name, test := range map[string]struct {
		query string
		want  swarm.Announce
	}{
		"Leecher":            {"", swarm.Announce{}},
		"Seed":               {"&left=0", swarm.Announce{Seed: true}},
		"LeftInZeros":        {"&left=000", swarm.Announce{Seed: true}},
		"LeftMissing":        {"&left=", swarm.Announce{}},
		"LeftOverflowing":    {"&left=99999999999999999999999", swarm.Announce{}},
		"LeftNegative":       {"&left=-1", swarm.Announce{}},
		"Started":            {"&event=started", swarm.Announce{Event: swarm.Started}},
		"Completed":          {"&event=completed&left=0", swarm.Announce{Event: swarm.Completed, Seed: true}},
		"Stopped":            {"&event=stopped", swarm.Announce{Event: swarm.Stopped}},
		"Paused":             {"&event=paused", swarm.Announce{Event: swarm.Paused}},
		"EventEmpty":         {"&event=", swarm.Announce{}},
		"EventUnknown":       {"&event=levitating", swarm.Announce{}},
		"NumWant":            {"&numwant=7", swarm.Announce{NumWant: 7}},
		"NumWantNothing":     {"&numwant=0", swarm.Announce{NumWant: noneWanted}},
		"NumWantUnsaid":      {"&numwant=-1", swarm.Announce{}},
		"NumWantFarNegative": {"&numwant=-99999999999999999999", swarm.Announce{}},
		"NumWantHuge":        {"&numwant=99999999999999999999", swarm.Announce{NumWant: 32767}},
		"NumWantNoNumber":    {"&numwant=all", swarm.Announce{}},
		"KeyHex":             {"&key=89ABCDEF", swarm.Announce{Tag: 0x89abcdef}},
		"Twice":              {"&event=started&event=stopped", swarm.Announce{Event: swarm.Stopped}},
		"Unread":             {"&ip=18.0.0.1&ipv4=18.0.0.1&supportcrypto=1&trackerid=x&&=&a&%", swarm.Announce{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range family.All {
				fake := new(trackertest.Tracker)
				ask(open(t, httptracker.Config{}, fake), clients.Get(f), "/announce?"+announceQuery+test.query)
				want := test.want
				want.InfoHash, want.BothFamilies = infoHash, true
				want.Peer = netip.AddrPortFrom(clients.Get(f).Addr(), 6881)
				switch want.NumWant {
				case 0:
					want.NumWant = -1
				case noneWanted:
					want.NumWant = 0
				}
				if diff := cmp.Diff(want, fake.Last(t), cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
					t.Errorf("%v (-want +got)\n%s", f, diff)
				}
			}
		})
	}
}

// noneWanted is what tests call 0 peers wanted, which is something other than what is not said.
const noneWanted = -2

func TestServer_AnnounceInfoHash(t *testing.T) {
	t.Parallel()
	want := swarm.InfoHash{0, 0xff, '%', '&', '=', '+', ' ', 'a', 0x80, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}
	const encoded = "%00%fF%25%26%3d%2B+a%80%09%0a%0b%0c%0d%0e%0f%10%11%12%13"
	const rest = "&peer_id=-XX0001-abcdefghijkl"
	for name, value := range map[string]string{
		"Encoded":          encoded,
		"V2Whole":          encoded + "%20%21%22%23%24%25%26%27%28%29%2a%2b",
		"ReadFromItsEnd":   "b&info_hash=" + encoded,
		"BytesAsTheyAre":   strings.Replace(encoded, "%80", "\x80", 1),
		"SpaceAsPercent20": strings.Replace(encoded, "+", "%20", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := new(trackertest.Tracker)
			ask(open(t, httptracker.Config{}, fake), clients.V6, "/announce?info_hash="+value+rest)
			if got := fake.Last(t).InfoHash; got != want {
				t.Errorf("read as %x, want %x", got, want)
			}
		})
	}
}

func TestServer_AnnounceMalformed(t *testing.T) {
	t.Parallel()
	const infoHash, peerID = "info_hash=aaaaaaaaaaaaaaaaaaaa", "peer_id=-XX0001-abcdefghijkl"
	const noInfoHash = "d14:failure reason39:info_hash is missing or not of 20 bytese"
	const noPeerID = "d14:failure reason37:peer_id is missing or not of 20 bytese"
	for query, want := range map[string]string{
		"":                       noInfoHash,
		"&&&":                    noInfoHash,
		peerID:                   noInfoHash,
		"info_hash&" + peerID:    noInfoHash,
		"info_hash=&" + peerID:   noInfoHash,
		infoHash + "a&" + peerID: noInfoHash,
		"info_hash=aaaaaaaaaaaaaaaaaaa&" + peerID:               noInfoHash,
		"info_hash=aaaaaaaaaaaaaaaaaaa%&" + peerID:              noInfoHash,
		"info_hash=aaaaaaaaaaaaaaaaaaa%4&" + peerID:             noInfoHash,
		"info_hash=aaaaaaaaaaaaaaaaaaa%4g&" + peerID:            noInfoHash,
		"INFO_HASH=aaaaaaaaaaaaaaaaaaaa&" + peerID:              noInfoHash,
		"info_hash=" + strings.Repeat("a", 5000) + "&" + peerID: noInfoHash,
		infoHash:                       noPeerID,
		infoHash + "&peer_id=-XX0001-": noPeerID,
		infoHash + "&" + peerID + "m":  noPeerID,
	} {
		fake := new(trackertest.Tracker)
		server := open(t, httptracker.Config{}, fake)
		for _, f := range family.All {
			if got := body(t, ask(server, clients.Get(f), "/announce?"+query)); got != want {
				t.Errorf("%.60q is answered with %q, want %q", query, got, want)
			}
			if got := server.Counts().Get(f); got != (httptracker.Counts{httptracker.Malformed: 1}) {
				t.Errorf("%.60q is counted as %v", query, got)
			}
		}
		if fake.Announced() {
			t.Errorf("%.60q reached the tracker", query)
		}
	}
}

// Port 0 is not refused here: the tracker has its own words, and its count, for that.
func TestServer_AnnounceWithoutPort(t *testing.T) {
	t.Parallel()
	for _, port := range []string{"", "0", "65536", "-1", "99999999999999999999", "6881x"} {
		fake := new(trackertest.Tracker)
		ask(open(t, httptracker.Config{}, fake), clients.V6, "/announce?"+announceQuery+"&port="+port)
		if got := fake.Last(t).Peer.Port(); got != 0 {
			t.Errorf("port %q is read as %d", port, got)
		}
	}
}

func TestServer_AnnounceRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		want    string
		outcome httptracker.Outcome
	}{
		"Never":   {&tracker.Refusal{Reason: "no", RetryIn: -1}, "d14:failure reason2:no8:retry in5:nevere", httptracker.Refused},
		"Unknown": {&tracker.Refusal{Reason: "no"}, "d14:failure reason2:noe", httptracker.Refused},
		"Hour":    {&tracker.Refusal{Reason: "no", RetryIn: time.Hour}, "d14:failure reason2:no8:retry ini60ee", httptracker.Refused},
		"LessThanAMinute": {
			&tracker.Refusal{Reason: "no", RetryIn: time.Second}, "d14:failure reason2:no8:retry ini1ee", httptracker.Refused,
		},
		"NotForClients": {errors.New("disk /dev/sda1"), "d14:failure reason13:tracker errore", httptracker.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range family.All {
				server := open(t, httptracker.Config{}, &trackertest.Tracker{Err: test.err, Peers: 3})
				if got := body(t, ask(server, clients.Get(f), "/announce?"+announceQuery)); got != test.want {
					t.Errorf("answered with %q, want %q", got, test.want)
				}
				var counts httptracker.Counts
				if counts[test.outcome] = 1; server.Counts().Get(f) != counts {
					t.Errorf("counted %v", server.Counts())
				}
			}
		})
	}
}

// A claim is handed on if nothing better is known, with the announced port where it has none.
func TestServer_AnnounceClaim(t *testing.T) {
	t.Parallel()
	const claimed = "2001:db8:1::5"
	for name, test := range map[string]struct {
		value  string
		family family.Family
		proven bool
		want   string // empty: nothing is claimed
	}{
		"Address":        {value: claimed, want: "[2001:db8:1::5]:6881"},
		"Encoded":        {value: "2001%3Adb8%3A1%3A%3A5", want: "[2001:db8:1::5]:6881"},
		"Bracketed":      {value: "%5B2001:db8:1::5%5D", want: "[2001:db8:1::5]:6881"},
		"WithPort":       {value: "[2001:db8:1::5]:7000", want: "[2001:db8:1::5]:7000"},
		"Mapped":         {value: "::ffff:18.0.0.1", want: "18.0.0.1:6881"},
		"Zone":           {value: "2001:db8:1::5%25eth0", want: "[2001:db8:1::5]:6881"},
		"Garbage":        {value: "x", want: "invalid AddrPort"},
		"Malformed":      {value: "%zz", want: "invalid AddrPort"},
		"Long":           {value: strings.Repeat("2001:", 100), want: "invalid AddrPort"},
		"ProvenAlready":  {value: claimed, proven: true},
		"HeardOverIPv6":  {value: claimed, family: family.V6},
		"ProvenOverIPv6": {value: claimed, family: family.V6, proven: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &trackertest.Tracker{ClaimErr: errors.New("not believed"), Proven: test.proven}
			server := open(t, httptracker.Config{}, fake)
			got := body(t, ask(server, clients.Get(test.family), "/announce?"+announceQuery+"&ipv6="+test.value))
			warning := "15:warning message12:not believed"
			if test.want == "" {
				warning = ""
				if len(fake.Claims()) > 0 {
					t.Errorf("%v was claimed", fake.Claims())
				}
			} else if len(fake.Claims()) != 1 || fake.Claims()[0].String() != test.want {
				t.Errorf("%v was claimed, want %s", fake.Claims(), test.want)
			}
			if want := answerTo(test.family, "5:peers0:6:peers60:"+warning); noCounts(want) != got {
				t.Errorf("answered with %q, want %q", got, noCounts(want))
			}
		})
	}
}

func TestServer_AnnounceClaimTaken(t *testing.T) {
	t.Parallel()
	fake := new(trackertest.Tracker)
	got := body(t, ask(open(t, httptracker.Config{}, fake), clients.V4, "/announce?"+announceQuery+"&ipv6=2001:db8::9"))
	if want := noCounts(answerTo(family.V4, "5:peers0:6:peers60:")); got != want || len(fake.Claims()) != 1 {
		t.Errorf("%v claimed, answered with %q, want %q", fake.Claims(), got, want)
	}
}

// noCounts is an answer of a tracker that counts nobody.
func noCounts(answer string) string {
	return strings.NewReplacer("i7e", "i0e", "i8e", "i0e", "i9e", "i0e").Replace(answer)
}

// An answer is written to memory that was used before. Nothing of the one before is in it.
func TestServer_AnswersDoNotMix(t *testing.T) {
	t.Parallel()
	fake := &trackertest.Tracker{Peers: 50}
	server := open(t, httptracker.Config{}, fake)
	body(t, ask(server, clients.V6, "/announce?"+announceQuery))
	fake.Peers = 0
	want := noCounts(answerTo(family.V6, "5:peers0:6:peers60:"))
	if got := body(t, ask(server, clients.V6, "/announce?"+announceQuery)); got != want {
		t.Errorf("answered with %q, want %q", got, want)
	}
	for range 10 { // a pool may forget
		body(t, ask(server, clients.V6, "/announce?"+announceQuery+"&event=stopped&left=0&numwant=0&ipv6=::1&key=1"))
		body(t, ask(server, clients.V6, "/announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-XX0001-abcdefghijkl"))
		if got := fake.Last(t); got.Event != swarm.None || got.Seed || got.NumWant != -1 || got.Tag != 0 || got.Peer.Port() != 0 {
			t.Fatalf("an announce has something of the one before: %+v", got)
		}
	}
}
