package extension_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/extension"
)

// compact returns peers as they are written in lists.
func compact(peers ...string) string {
	var b []byte
	for _, peer := range peers {
		ap := netip.MustParseAddrPort(peer)
		b = append(append(b, ap.Addr().AsSlice()...), byte(ap.Port()>>8), byte(ap.Port()))
	}
	return string(b)
}

// text returns a string in bencode.
func text(s string) string { return fmt.Sprintf("%d:%s", len(s), s) }

// lists returns the body of a message with keys and their values, which are strings.
func lists(keysAndValues ...string) string {
	body := "d"
	for _, s := range keysAndValues {
		body += text(s)
	}
	return body + "e"
}

func TestCleanPEX(t *testing.T) {
	t.Parallel()
	var (
		a4, b4 = compact("192.0.2.1:6881"), compact("192.0.2.2:1")
		a6, b6 = compact("[2001:db8::1]:6881"), compact("[2001:db8::2]:1")
	)
	everything := lists(
		"added", a4+b4, "added.f", "\x01\x02", "added6", a6+b6, "added6.f", "\x03\x04", "dropped", b4, "dropped6", b6,
	)
	for name, tc := range map[string]struct{ body, want string }{
		"Everything":   {everything, everything},
		"AnyOrder":     {lists("dropped6", b6, "dropped", b4), lists("dropped", b4, "dropped6", b6)},
		"UnknownKeys":  {"d3:newi1e7:dropped" + text(b4) + "9:dropped.f1:xe", lists("dropped", b4)},
		"EmptyKey":     {lists("", "x", "dropped", b4), lists("dropped", b4)},
		"WrongKinds":   {"d5:addedi1e7:droppedle8:dropped6" + text(b6) + "e", lists("dropped6", b6)},
		"FlagsMissing": {lists("added", a4+b4), lists("added", a4+b4, "added.f", "\x00\x00")},
		"FlagsTooFew": {
			lists("added6", a6+b6, "added6.f", "\x07"),
			lists("added6", a6+b6, "added6.f", "\x07\x00"),
		},
		"FlagsTooMany": {lists("added", a4, "added.f", "\x07\x08"), lists("added", a4, "added.f", "\x07")},
		"FlagsAlone":   {lists("added.f", "\x07"), ""},
		"EmptyLists":   {lists("added", "", "added.f", "", "added6", "", "dropped", ""), ""},
		"Empty":        {"de", ""},
		"NobodyThere": {
			lists(
				"added", compact("192.0.2.1:0", "0.0.0.0:1", "224.0.0.1:1")+b4, "added.f", "\x01\x02\x03\x04",
				"added6", compact("[2001:db8::1]:0", "[::]:1", "[ff02::1]:1", "[::ffff:192.0.2.1]:1"),
			),
			lists("added", b4, "added.f", "\x04"),
		},
		"TooMany": {
			lists("added", strings.Repeat(a4, 51), "added.f", strings.Repeat("\x01", 51), "dropped6", strings.Repeat(b6, 200)),
			lists("added", strings.Repeat(a4, 50), "added.f", strings.Repeat("\x01", 50), "dropped6", strings.Repeat(b6, 50)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extension.CleanPEX([]byte(tc.body))
			if diff := cmp.Diff(tc.want, string(got)); diff != "" || err != nil {
				t.Errorf("%v; body (-want +got):\n%s", err, diff)
			}
			if tc.want == "" && got != nil {
				t.Errorf("%q, want nil", got)
			}
		})
	}
}

func TestCleanPEX_Captures(t *testing.T) {
	t.Parallel()
	clients := make(map[string]bool)
	for _, message := range captures(t) {
		if message.id != extension.PEXID {
			continue
		}
		client, _, _ := strings.Cut(message.client, "-")
		clients[client] = true
		want := message.body // but for the empty lists of libtorrent
		for _, empty := range []string{"6:added60:", "8:added6.f0:", "7:dropped0:", "8:dropped60:"} {
			want = bytes.Replace(want, []byte(empty), nil, 1)
		}
		got, err := extension.CleanPEX(message.body)
		if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v; body (-want +got):\n%s", message.client, err, diff)
		}
	}
	if len(clients) != 3 {
		t.Errorf("messages of %v, want of three clients", clients)
	}
}

func TestCleanPEX_BrokenPeers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		key    string
		length int
	}{{"added", 7}, {"added", 5}, {"added6", 12}, {"dropped", 1}, {"dropped6", 19}} {
		_, err := extension.CleanPEX([]byte(lists(tc.key, strings.Repeat("x", tc.length))))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q has %d bytes", tc.key, tc.length)) {
			t.Errorf("%s of %d bytes: %v", tc.key, tc.length, err)
		}
	}
}

func TestCleanPEX_Malformed(t *testing.T) {
	t.Parallel()
	testMalformed(t, "parse ut_pex message", func(body []byte) error {
		_, err := extension.CleanPEX(body)
		return err
	})
}

func TestCleanPEX_PassesWhatIsClean(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var parts []string
		for _, list := range []struct {
			key, flagsKey string
			size          int
		}{{"added", "added.f", 6}, {"added6", "added6.f", 18}, {"dropped", "", 6}, {"dropped6", "", 18}} {
			count := rapid.IntRange(0, 50).Draw(t, list.key)
			if count == 0 {
				continue
			}
			parts = append(parts, list.key, strings.Repeat(" ", list.size*count)) // spaces are an address and a port, too
			if list.flagsKey != "" {
				parts = append(parts, list.flagsKey, string(rapid.SliceOfN(rapid.Byte(), count, count).Draw(t, "flags")))
			}
		}
		want := lists(parts...)
		if len(parts) == 0 {
			want = ""
		}
		got, err := extension.CleanPEX([]byte(lists(parts...)))
		if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
			t.Fatalf("%v; body (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzCleanPEX(f *testing.F) {
	seed(f, extension.PEXID)
	f.Add([]byte(lists("added6", compact("[2001:db8::1]:6881", "[::]:1"), "added6.f", "\x07")))
	f.Add([]byte(lists("added", "12345")))
	f.Fuzz(func(t *testing.T, body []byte) {
		clean, err := extension.CleanPEX(body)
		if err != nil || clean == nil {
			return
		}
		if longest := 50*(6+1+18+1+6+18) + 100; len(clean) > longest {
			t.Errorf("%d bytes out of %d, more than %d", len(clean), len(body), longest)
		}
		again, err := extension.CleanPEX(clean)
		if diff := cmp.Diff(string(clean), string(again)); diff != "" || err != nil {
			t.Errorf("%v; body (-first +second):\n%s", err, diff)
		}
	})
}
