package httptracker_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sixseed/seeder/tracker/httptracker"
)

// decode is Decode with room for n bytes.
func decode(value string, n int) (string, bool) {
	bytes := make([]byte, n)
	n, ok := httptracker.Decode(bytes, value)
	return string(bytes[:n]), ok
}

// Whatever the standard library writes is read as it was meant, and by no other room than it takes.
func TestDecode_ReadsWhatWasEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		meant := string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "meant"))
		for name, encoded := range map[string]string{
			"query": url.QueryEscape(meant), "path": url.PathEscape(strings.ReplaceAll(meant, "+", " ")),
			"all": percent(meant),
		} {
			want := meant
			if name == "path" {
				want = strings.ReplaceAll(meant, "+", " ")
			}
			if got, ok := decode(encoded, len(want)); !ok || got != want {
				t.Errorf("%s: %q is read as %q, %v, want %q", name, encoded, got, ok, want)
			}
			if len(want) > 0 {
				if got, ok := decode(encoded, len(want)-1); ok {
					t.Errorf("%s: %q is read as %q where there is no room for it", name, encoded, got)
				}
			}
		}
	})
}

// percent encodes every byte.
func percent(text string) string {
	encoded := new(strings.Builder)
	for i := range len(text) {
		fmt.Fprintf(encoded, "%%%02x", text[i])
	}
	return encoded.String()
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "a", "+", "%", "%4", "%41", "%4g", "%%41", "%00%ff%Ff", "\x00\xff", "a%2", "%2B+%20"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := decode(value, len(value))
		want, err := url.QueryUnescape(value)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("%q is read as %q, %v; net/url has %q, %v", value, got, ok, want, err)
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add(announceQuery)
	f.Add("info_hash=%00%ff&info_hash=" + strings.Repeat("%aa", 20))
	f.Add(announceQuery + "&info_hash=&peer_id=" + strings.Repeat("+", 20))
	f.Add("info_hash=" + strings.Repeat("z", 32) + "&peer_id=" + strings.Repeat("%", 20))
	f.Add(announceQuery + "&ipv6=[2001:db8::1]:1&key=-1&event=paused&numwant=-&port=65536&left=0&compact=0")
	f.Add("=&=&&&info_hash&peer_id=&%69nfo_hash=a")
	f.Fuzz(func(t *testing.T, query string) {
		infoHash, peerID, ok := httptracker.ParseQuery(query)
		infoHashes, scraped := httptracker.ParseScrape(query)
		if len(infoHashes) > httptracker.MaxScrape {
			t.Errorf("%d torrents of %q are scraped", len(infoHashes), query)
		}
		if strings.Contains(query, ";") {
			return // which net/url reads no field with
		}
		values, _ := url.ParseQuery(query) // the fields that it can read, and an error for the first that it cannot
		contains := func(name string, bytes [20]byte) bool {
			return slices.ContainsFunc(values[name], func(value string) bool { return strings.HasPrefix(value, string(bytes[:])) })
		}
		if ok && (!contains("info_hash", infoHash) || !contains("peer_id", peerID)) {
			t.Errorf("%q has %q and %q; net/url has %q", query, infoHash, peerID, values)
		}
		for _, infoHash := range infoHashes {
			if scraped && !contains("info_hash", infoHash) {
				t.Errorf("%q scrapes %q; net/url has %q", query, infoHash, values)
			}
		}
	})
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]uint32{
		"":            2166136261, // of FNV-1a: no bytes
		"00000001":    1,
		"89ABCDEF":    0x89abcdef,
		"89abcdef":    0x89abcdef,
		"12345678":    0x12345678, // which way it is meant cannot be seen: most have eight hex digits
		"4294967295":  0xffffffff,
		"-1":          0xffffffff,
		"-2147483648": 0x80000000,
		"7":           7,
		"1234567":     1234567,
		"123456789":   123456789,
		"abc":         0xabc, // hex without the zeros in front
		"4294967296":  0xa5d2f78f,
		"%41%42":      0xf357d91c,
	} {
		if got := httptracker.ParseKey(value); got != want {
			t.Errorf("%q is read as %#x, want %#x", value, got, want)
		}
	}
}

// A client has one key, however it is written.
func TestParseKey_IsOneNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.Uint32().Draw(t, "key")
		texts := []string{fmt.Sprintf("%08X", key), fmt.Sprintf("%08x", key)}
		for _, decimal := range []string{fmt.Sprint(key), fmt.Sprint(int32(key))} {
			if len(decimal) != 8 { // those pass for hex
				texts = append(texts, decimal)
			}
		}
		for _, text := range texts {
			if got := httptracker.ParseKey(text); got != key {
				t.Errorf("%q is read as %#x, want %#x", text, got, key)
			}
		}
	})
}
