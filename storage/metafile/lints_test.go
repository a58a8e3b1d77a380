package metafile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLints(t *testing.T) {
	t.Parallel()
	good := dict{"announce": trackerA, "info": singleInfo()}
	pieces := func(length, count int) dict {
		return good.with(dict{"info": singleInfo().with(dict{"piece length": length, "pieces": strings.Repeat("h", 20*count)})})
	}
	for name, test := range map[string]struct {
		outer dict
		want  []string
	}{
		"None":              {good, []string{}},
		"NoTracker":         {good.with(dict{"announce": nil}), []string{"no-tracker"}},
		"PrivateNoTracker":  {dict{"info": singleInfo().with(dict{"private": 1})}, []string{"no-tracker"}},
		"AnnounceNotListed": {good.with(dict{"announce-list": [][]string{{trackerB}}}), []string{"announce-not-listed"}},
		"AnnounceListed":    {good.with(dict{"announce-list": [][]string{{trackerB}, {trackerA}}}), []string{}},
		"ListAlone":         {dict{"announce-list": [][]string{{trackerA}}, "info": singleInfo()}, []string{}},
		"LargestPieces":     {pieces(16<<20, 1), []string{}},
		"HugePieces":        {pieces(32<<20, 1), []string{"huge-pieces"}},
		"TinyPieces":        {pieces(8192, 3), []string{"tiny-pieces"}},
		"UnevenPieces":      {pieces(20000, 1), []string{"uneven-pieces"}},
		"UnusableTracker":   {good.with(dict{"announce": "foo://x"}), []string{"left-out"}},
		"ImpossibleDate":    {good.with(dict{"creation date": int64(1) << 60}), []string{"impossible-date"}},
		"DateBefore1970":    {good.with(dict{"creation date": -1}), []string{"impossible-date"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, codes(describe(t, encode(t, test.outer)))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLints_PrivateSaysMore(t *testing.T) {
	t.Parallel()
	d := describe(t, encode(t, dict{"info": singleInfo().with(dict{"private": 1})}))
	if !strings.Contains(d.Odd[0].Text, "nobody can find a peer") {
		t.Errorf("odd: %v", d.Odd)
	}
}

func TestLints_Bencoding(t *testing.T) {
	t.Parallel()
	const info = "4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhe"
	const announce = "8:announce10:http://a/x"
	for name, test := range map[string]struct {
		data  string
		codes []string
		text  string // in the first lint
	}{
		"Sorted":       {"d" + announce + info + "e", []string{}, ""},
		"Unsorted":     {"d" + info + announce + "e", []string{"unsorted-keys"}, `"announce" at offset 82 stands behind "info"`},
		"UnsortedOnce": {"d1:c0:1:b0:1:a0:" + info + "e", []string{"unsorted-keys", "no-tracker"}, `"b" at offset 6 stands behind "c"`},
		"UnsortedInfo": {
			"d" + announce + "4:infod4:name1:a6:lengthi1e12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhee",
			[]string{"unsorted-keys"},
			`"length" at offset 40 stands behind "name"`,
		},
		"Duplicate":         {"d" + announce + announce + info + "e", []string{"unusable", "duplicate-key"}, "sixseed would not seed it"},
		"DuplicateUnsorted": {"d1:a0:1:b0:1:a0:" + announce + info + "e", []string{"unusable", "unsorted-keys", "duplicate-key"}, `"a" appears twice`},
		"TrailingBytes":     {"d" + announce + info + "e\n\n", []string{"trailing-bytes"}, "the torrent ends at offset 106, and the file at 108"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := describe(t, []byte(test.data))
			if diff := cmp.Diff(test.codes, codes(d)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(d.Odd) > 0 && !strings.Contains(d.Odd[0].Text, test.text) {
				t.Errorf("odd: %q, want %q", d.Odd[0].Text, test.text)
			}
			if d.Name != "a" || d.Length != 1 {
				t.Errorf("name %q, length %d", d.Name, d.Length)
			}
		})
	}
}

func TestLints_TheirNumberIsBounded(t *testing.T) {
	t.Parallel()
	entries := strings.Repeat("d1:b0:1:a0:e", 10_000)
	d := describe(t, []byte("d4:infod5:filesl"+entries+"eee"))
	if len(d.Odd) > 30 {
		t.Errorf("%d lints", len(d.Odd))
	}
}

// The first of two values counts, which is the one that libtorrent takes.
func TestDescribe_FirstOfDuplicateKeys(t *testing.T) {
	t.Parallel()
	d := describe(t, []byte("d7:comment3:one7:comment3:two4:infod4:name1:aee"))
	if d.Comment != "one" {
		t.Errorf("comment is %q", d.Comment)
	}
}
