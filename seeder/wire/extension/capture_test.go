package extension_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sixseed/seeder/wire/message"
)

// captured is an extension message that a real client sent.
type captured struct {
	client string
	id     byte // as it was sent: the handshake is 0, and the others had the ids that we give them
	body   []byte
}

// captures returns the extension messages in package message's captures.
func captures(tb testing.TB) (found []captured) {
	tb.Helper()
	paths, err := filepath.Glob("../message/testdata/*.stream")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("%d captures, %v", len(paths), err)
	}
	for _, path := range paths {
		stream, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		client := strings.TrimSuffix(filepath.Base(path), ".stream")
		var frames message.Frames
		limit := func(message.ID) int { return 1000 }
		err = frames.Feed(stream[message.HandshakeLength:], limit, func(f message.Frame) error {
			if !f.KeepAlive() && f.ID() == message.Extended {
				found = append(found, captured{client, f.Body()[0], append([]byte(nil), f.Body()[1:]...)})
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return found
}

// seed adds to a fuzz target the bodies of all captured messages with an id.
func seed(f *testing.F, id byte) {
	f.Helper()
	for _, message := range captures(f) {
		if message.id == id {
			f.Add(message.body)
		}
	}
}

// malformed are bodies that are not one dictionary in bencode, or not within bounds, and what is said of them.
var malformed = map[string]struct{ body, says string }{
	"Empty":              {"", "ends too early"},
	"NoDictionary":       {"le", "'l' where 'd' was to come"},
	"Unclosed":           {"d1:xi1e", "ends too early"},
	"NoValue":            {"d1:xe", "ends too early"},
	"KeyIsNoString":      {"di1ei1ee", "ends too early"},
	"Trailing":           {"dee", "something follows"},
	"StringTooLong":      {"d9:xe", "ends too early"},
	"StringFarTooLong":   {"d99999999999999999999999999999:xe", "ends too early"},
	"StringLengthSigned": {"d+1:xi1ee", "malformed length"},
	"StringLengthPadded": {"d01:xi1ee", "malformed length"},
	"StringNoLength":     {"d:xi1ee", "malformed length"},
	"IntegerPadded":      {"d1:xi01ee", "malformed integer"},
	"IntegerMinusZero":   {"d1:xi-0ee", "malformed integer"},
	"IntegerEmpty":       {"d1:xiee", "malformed integer"},
	"IntegerOnlyMinus":   {"d1:xi-ee", "malformed integer"},
	"IntegerTwoMinus":    {"d1:xi--1ee", "malformed integer"},
	"IntegerNoDigits":    {"d1:xi1 ee", "malformed integer"},
	"IntegerUnclosed":    {"d1:xi1", "ends too early"},
	"ListUnclosed":       {"d1:xli1e", "ends too early"},
	"TooDeep":            {"d1:x" + strings.Repeat("l", 8) + strings.Repeat("e", 8) + "e", "nested deeper than 8"},
	"FarTooDeep":         {"d1:x" + strings.Repeat("l", 16000), "nested deeper than 8"},
	"DictionariesTooDeep": {
		strings.Repeat("d1:x", 9) + "i1e" + strings.Repeat("e", 9), "nested deeper than 8",
	},
	"TooLong": {"d1:x16380:" + strings.Repeat("x", 16380) + "e", "more than 16384"},
}

// testMalformed checks that parse refuses what is malformed, and says where.
func testMalformed(t *testing.T, says string, parse func([]byte) error) {
	t.Helper()
	for name, tc := range malformed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := parse([]byte(tc.body))
			if err == nil || !strings.HasPrefix(err.Error(), says+": byte ") || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %s: byte ...: ...%s", err, says, tc.says)
			}
		})
	}
}
