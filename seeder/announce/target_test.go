package announce_test

import (
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/announce"
)

func TestParseTarget_Shows(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"http://tracker.example:6969/announce":                "http://tracker.example:6969/announce",
		"HTTP://Tracker.Example/announce.php":                 "http://tracker.example/announce.php",
		"http://tracker.example":                              "http://tracker.example",
		"http://tracker.example/#":                            "http://tracker.example",
		"https://t.example/d41d8cd98f00b204/announce":         "https://t.example/…/announce",
		"https://t.example/announce?key=d41d8cd98f00b204":     "https://t.example/announce?…",
		"https://user:hidden@t.example/announce":              "https://t.example/announce",
		"udp://[2001:db8::1]:6969":                            "udp://[2001:db8::1]:6969",
		"udp://tracker.example:80/announce/d41d8cd98f00b204/": "udp://tracker.example:80/announce/…",
	} {
		req, err := announce.NewRequest(raw, family.V6)
		if err != nil || req.URL() != want {
			t.Errorf("%s: shown as %s, %v, want %s", raw, req.URL(), err, want)
		}
	}
}

func TestParseTarget_Refuses(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                              `unknown scheme ""`,
		"wss://t.example/hidden":        `unknown scheme "wss"`,
		"foo://t.example/hidden":        `unknown scheme "foo"`,
		"http:///hidden":                "no host",
		"http:hidden":                   "no host",
		"http://:80/hidden":             "no host",
		"udp://t.example/hidden":        "no port",
		"udp://t.example:0/hidden":      `port "0" is not between 1 and 65535`,
		"http://t.example:65536/hidden": `port "65536" is not between 1 and 65535`,
		"http://t.example:x/hidden":     `invalid port ":x"`,
		"http://[::1/hidden":            "missing ']'",
		"http://t.example/%zzhidden":    `invalid URL escape "%zz"`,
		"http://t.example/\x00hidden":   "control character",
		"http://t.example/hidden" + strings.Repeat("x", 2048): "longer than 2048 bytes",
	} {
		_, err := announce.NewRequest(raw, family.V6)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%.40q: got %v, want %s", raw, err, want)
		}
	}
}

func TestRedactUnusable(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"wss://t.example/hidden":      "wss://t.example/…",
		"wss://me:hidden@t.example:1": "wss://t.example:1",
		"t.example?hidden":            "t.example/…",
		"\x1b[2J://\n":                "?[2J:// ",
		"":                            "",
	} {
		if got := announce.RedactUnusable(raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"torrent not registered":   "torrent not registered",
		"für alle: 日本語":            "für alle: 日本語",
		"two\nlines\tand a\x1b[2J": "two lines and a?[2J",
		"\u202egnp.exe":            "?gnp.exe",
		"\xff\xfe":                 "??",
		strings.Repeat("é", 201):   strings.Repeat("é", 200) + "…",
	} {
		if got := announce.Printable(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
