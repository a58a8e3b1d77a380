package metafile_test

import (
	"strings"
	"testing"

	"sixseed/storage/metafile"
)

func TestParse_RefusesBencoding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ data, want string }{
		"NothingAtAll":       {"", "offset 0: ends in the middle"},
		"NoEnd":              {"d1:a1:b", "offset 7: ends in the middle"},
		"EndAlone":           {"e", "offset 0: an end without a beginning"},
		"BytesAfterTheEnd":   {"de\n", "offset 2: 1 bytes after the end"},
		"KeyWithoutValue":    {"d1:ae", `offset 4: key "a" has no value`},
		"KeyIsAnInteger":     {"di1e1:ae", "offset 1: key: unexpected byte 'i'"},
		"KeyTwice":           {"d1:a1:x1:a1:ye", `key "a" appears twice`},
		"KeyTwiceUnsorted":   {"d1:b0:1:a0:1:b0:e", `key "b" appears twice`},
		"KeyTwiceFarInside":  {"d4:infold1:ai1e1:ai1eeee", `offset 21: key "a" appears twice`},
		"StringTooLong":      {"d1:a7:1234e", "offset 4: string goes on after the end"},
		"StringLengthHuge":   {"9999999999999999999:a", "offset 0: string goes on after the end"},
		"StringLengthHuger":  {strings.Repeat("9", 30) + ":a", "offset 0: number is too large"},
		"StringLengthZeroes": {"01:a", "offset 0: number begins with a zero"},
		"StringWithoutColon": {"1a", `offset 0: unexpected byte 'a'`},
		"StringLengthOnly":   {"12", "offset 0: ends in the middle"},
		"IntegerEmpty":       {"ie", "offset 0: unexpected byte 'e'"},
		"IntegerCutShort":    {"i12", "offset 0: ends in the middle"},
		"IntegerSignOnly":    {"i-", "offset 0: ends in the middle"},
		"IntegerMinusZero":   {"i-0e", "integer is minus zero"},
		"IntegerZeroes":      {"i007e", "number begins with a zero"},
		"IntegerHuge":        {"i" + strings.Repeat("9", 1000) + "e", "number is too large"},
		"UnknownType":        {"d1:ax", "offset 4: unexpected byte 'x'"},
		"TooDeep":            {strings.Repeat("l", 1<<20), "offset 64: more than 64 levels deep"},
		"TooManyValues":      {"l" + strings.Repeat("i1e", 4<<20), "more than 4194304 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := metafile.Parse([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}
