package metafile_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func edit(t testing.TB, data string, changes metafile.Changes) metafile.Edited {
	t.Helper()
	edited, err := metafile.Edit([]byte(data), changes)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

// editedKeys are those an edit may touch.
var editedKeys = map[string]bool{"announce": true, "announce-list": true, "url-list": true, "comment": true}

// others decodes a .torrent and returns its values, byte for byte, but for those an edit may touch.
func others(t testing.TB, data []byte) map[string]string {
	t.Helper()
	var all map[string]bencode.Bytes
	if err := bencode.Unmarshal(data, &all); err != nil {
		t.Fatalf("%v: %q", err, data)
	}
	rest := map[string]string{}
	for key, value := range all {
		if !editedKeys[key] {
			rest[key] = string(value)
		}
	}
	return rest
}

func TestEdit_ShapesSurvive(t *testing.T) {
	t.Parallel()
	for name, data := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := metafile.Changes{
				AddTiers: [][]string{{fresh}}, AddWebseeds: []string{"https://new.example.org/"}, Comment: comment("ours"),
			}
			edited := edit(t, data, changes)
			if diff := cmp.Diff(others(t, []byte(data)), others(t, edited.Data)); diff != "" {
				t.Errorf("outside the edited keys -was +is:\n%s", diff)
			}
			info := others(t, []byte(data))["info"]
			if edited.InfoHash != sha1.Sum([]byte(info)) || edited.InfoHashV2 != sha256.Sum256([]byte(info)) {
				t.Errorf("info-hashes %x, %x", edited.InfoHash, edited.InfoHashV2)
			}
			again := edit(t, string(edited.Data), changes)
			if again.Changed || string(again.Data) != string(edited.Data) {
				t.Errorf("the second time there is a change: %q", again.Data)
			}
			for _, warning := range edited.Warnings {
				if !strings.Contains(name, "Unsorted") {
					t.Errorf("warning %q", warning)
				}
			}
		})
	}
}

func TestEdit_Bytes(t *testing.T) {
	t.Parallel()
	const seed = "https://new.example.org/"
	for name, tc := range map[string]struct {
		data    string
		changes metafile.Changes
		want    string
	}{
		"AnnounceBecomesATier": {
			shapes["PaddedFiles"], addFresh(),
			ordered("announce", str(fresh), "announce-list", list(list(str(fresh)), list(str(trackerA))), "info", paddedInfo,
				"publisher", str("a mirror")),
		},
		"FirstTracker": {shapes["Nodes"], addFresh(), ordered("announce", str(fresh), "info", plainInfo,
			"nodes", list(list(str("router.example.org"), "i6881e")))},
		"AnnounceIsMade": {
			shapes["ListWithoutAnnounce"], addFresh(),
			ordered("announce", str(fresh), "announce-list", list(list(str(fresh)), list(str(trackerB), str(trackerA))), "info", plainInfo),
		},
		"ListOfOneStays": {
			shapes["UnsortedInfo"],
			metafile.Changes{ReplaceTrackers: []metafile.Replacement{{Old: trackerA, New: trackerC}}},
			ordered("announce", str(trackerC), "announce-list", list(list(str(trackerC))), "info", unsortedInfo),
		},
		"NoListIsMadeForOne": {
			shapes["PaddedFiles"],
			metafile.Changes{ReplaceTrackers: []metafile.Replacement{{Old: trackerA, New: trackerC}}},
			ordered("announce", str(trackerC), "info", paddedInfo, "publisher", str("a mirror")),
		},
		"LastTrackerGoes": {
			shapes["UnsortedInfo"], metafile.Changes{RemoveTrackers: []string{trackerA}}, ordered("info", unsortedInfo),
		},
		"WebseedStringBecomesAList": {
			shapes["WebseedString"],
			metafile.Changes{AddWebseeds: []string{seed}},
			ordered("info", plainInfo, "url-list", list(str("http://m.example.org/"), str(seed))),
		},
		"WebseedStringStays": {
			shapes["WebseedString"],
			metafile.Changes{RemoveWebseeds: []string{"http://m.example.org/"}, AddWebseeds: []string{seed}},
			ordered("info", plainInfo, "url-list", str(seed)),
		},
		"WebseedListStays": {
			shapes["WebseedList"],
			metafile.Changes{RemoveWebseeds: []string{"http://m.example.org/"}, AddWebseeds: []string{seed}},
			ordered("info", plainInfo, "url-list", list(str(seed))),
		},
		"LastWebseedGoes": {
			shapes["WebseedList"], metafile.Changes{RemoveWebseeds: []string{"HTTP://m.example.org/"}}, ordered("info", plainInfo),
		},
		"CommentIsSet": {
			shapes["WebseedString"],
			metafile.Changes{Comment: comment("ours")},
			ordered("comment", str("ours"), "info", plainInfo, "url-list", str("http://m.example.org/")),
		},
		"CommentGoes": {ordered("comment", str("x"), "info", plainInfo), metafile.Changes{Comment: comment("")}, ordered("info", plainInfo)},
		"UnusableStays": {
			shapes["Unusable"], addFresh(),
			ordered("announce", str(fresh), "announce-list", list(list(str(fresh)), list(str("wss://w.example.org")),
				list(str("HTTP://A.example.org"))), "info", plainInfo),
		},
		"UnsortedStays": {
			ordered("info", plainInfo, "b", "i1e", "announce", str(trackerA)),
			metafile.Changes{Comment: comment("x")},
			ordered("comment", str("x"), "info", plainInfo, "b", "i1e", "announce", str(trackerA)),
		},
		"TrailingBytesGo": {ordered("info", plainInfo) + "\r\n", addFresh(), ordered("announce", str(fresh), "info", plainInfo)},
		"StrayAnnounceIsReplaced": {
			ordered("announce", str(trackerA), "announce-list", list(list(str(trackerB))), "info", plainInfo),
			metafile.Changes{ReplaceTrackers: []metafile.Replacement{{Old: trackerA, New: trackerC}}},
			ordered("announce", str(trackerC), "announce-list", list(list(str(trackerB))), "info", plainInfo),
		},
		"StrayAnnounceIsRemoved": {
			ordered("announce", str(trackerA), "announce-list", list(list(str(trackerB))), "info", plainInfo),
			metafile.Changes{RemoveTrackers: []string{trackerA}},
			ordered("announce", str(trackerB), "announce-list", list(list(str(trackerB))), "info", plainInfo),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := edit(t, tc.data, tc.changes)
			if diff := cmp.Diff(tc.want, string(edited.Data)); diff != "" || !edited.Changed {
				t.Errorf("changed: %v; -want +got:\n%s", edited.Changed, diff)
			}
			if again := edit(t, string(edited.Data), tc.changes); again.Changed {
				t.Errorf("the second time there is a change: %q", again.Data)
			}
		})
	}
}

func TestEdit_NothingToDoLeavesTheBytes(t *testing.T) {
	t.Parallel()
	data := ordered("info", unsortedInfo, "announce", str("HTTP://a.example.org/announce")) + "\n"
	edited := edit(t, data, metafile.Changes{
		AddTiers: [][]string{{trackerA}}, RemoveTrackers: []string{trackerB}, RemoveWebseeds: []string{"http://w/"},
		ReplaceTrackers: []metafile.Replacement{{Old: trackerC, New: trackerA}}, Comment: comment(""),
	})
	if edited.Changed || string(edited.Data) != data {
		t.Errorf("it became %q", edited.Data)
	}
}

func TestEdit_Warns(t *testing.T) {
	t.Parallel()
	stray := ordered("announce", str(trackerA), "announce-list", list(list(str(trackerB))), "info", plainInfo)
	for name, tc := range map[string]struct {
		data    string
		changes metafile.Changes
		want    []string // parts of the warnings
	}{
		"Nothing":          {shapes["Debian"], addFresh(), nil},
		"UnsortedKeys":     {ordered("info", plainInfo, "announce", str(trackerA)), addFresh(), []string{`"announce"`}},
		"UnsortedInfo":     {shapes["UnsortedInfo"], addFresh(), []string{`"name"`}},
		"TrailingBytes":    {ordered("info", plainInfo) + "??", addFresh(), []string{"an edit leaves out what follows"}},
		"AnnounceReplaced": {stray, addFresh(), []string{trackerA + `" was in no tier`}},
		"CommentTwice": {
			ordered("comment.utf-8", str("x"), "info", plainInfo), metafile.Changes{Comment: comment("y")}, []string{`"comment.utf-8" stays`},
		},
		"BehindOthers": {
			shapes["Debian"],
			metafile.Changes{AddTiers: [][]string{{fresh}}, Placement: metafile.NewLast},
			[]string{fresh + `" stands behind`},
		},
		"JoinsALaterTier": {
			ordered("announce-list", list(list(str(trackerB)), list(str(trackerA))), "info", plainInfo),
			metafile.Changes{AddTiers: [][]string{{fresh}}, Placement: metafile.JoinTier(2)},
			[]string{fresh + `" stands behind`},
		},
		"ThereAlreadyBehindOthers": {
			ordered("announce-list", list(list(str(trackerB)), list(str(fresh))), "info", plainInfo), addFresh(),
			[]string{fresh + `" stands behind`},
		},
		"BehindOneThatCameToo": {
			shapes["Debian"], metafile.Changes{AddTiers: [][]string{{fresh}, {trackerC}}}, nil,
		},
		"SharesTheFirst": {
			shapes["Debian"], metafile.Changes{AddTiers: [][]string{{fresh}}, Placement: metafile.JoinTier(1)}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings := edit(t, tc.data, tc.changes).Warnings
			if len(warnings) != len(tc.want) {
				t.Fatalf("warnings are %q, want %q", warnings, tc.want)
			}
			for i, want := range tc.want {
				if !strings.Contains(warnings[i], want) {
					t.Errorf("warning %q, want %q in it", warnings[i], want)
				}
			}
		})
	}
}

func TestEdit_Refuses(t *testing.T) {
	t.Parallel()
	last := metafile.JoinTier(2)
	many := strings.Repeat(list(str(trackerB)), 200)
	for name, tc := range map[string]struct {
		data    string
		changes metafile.Changes
		want    string
	}{
		"KeyTwice":        {ordered("announce", str(trackerA), "announce", str(trackerB), "info", plainInfo), addFresh(), `"announce" appears twice`},
		"InfoTwice":       {ordered("info", plainInfo, "info", privateInfo), addFresh(), `"info" appears twice`},
		"KeyTwiceInside":  {ordered("info", ordered("pieces", hashes, "pieces", hashes)), addFresh(), `"pieces" appears twice`},
		"CutShort":        {shapes["Debian"][:100], addFresh(), "offset"},
		"Deep":            {"d4:info" + strings.Repeat("l", 10_000), addFresh(), "64 levels deep"},
		"Empty":           {"", addFresh(), "offset 0"},
		"AList":           {"le", addFresh(), "not a dictionary"},
		"NoInfo":          {"de", addFresh(), `"info"`},
		"InfoIsAString":   {ordered("info", str("x")), addFresh(), `"info"`},
		"InfoOfNothing":   {ordered("info", "de"), addFresh(), `neither "pieces" nor "file tree"`},
		"TooLarge":        {ordered("info", plainInfo, "x", str(strings.Repeat("x", 64<<20))), addFresh(), "larger than 64 MiB"},
		"NoSuchTier":      {shapes["Debian"], metafile.Changes{AddTiers: [][]string{{fresh}}, Placement: last}, "no tier 2"},
		"TierLost":        {ordered("announce-list", list(list("i1e"), list(str(trackerA))), "info", plainInfo), addFresh(), `key "announce-list" is not a list of lists`},
		"AnnounceLost":    {ordered("announce", "i1e", "info", plainInfo), addFresh(), `key "announce" is not a string`},
		"WebseedLost":     {ordered("info", plainInfo, "url-list", "i1e"), metafile.Changes{AddWebseeds: []string{"http://w/"}}, `key "url-list"`},
		"CommentLost":     {ordered("comment", "le", "info", plainInfo), metafile.Changes{Comment: comment("x")}, `key "comment"`},
		"TooManyTrackers": {ordered("announce-list", "l"+many+"e", "info", plainInfo), addFresh(), "201 trackers: more than 200"},
		"BadTracker":      {shapes["Debian"], metafile.Changes{AddTiers: [][]string{{"wss://w"}}}, `scheme "wss"`},
		"BadWebseed":      {shapes["Debian"], metafile.Changes{AddWebseeds: []string{"x.example.org"}}, `webseed "x.example.org"`},
		"BadComment":      {shapes["Debian"], metafile.Changes{Comment: comment("\xff")}, "not UTF-8"},
		"ComesAndGoes": {
			shapes["Debian"],
			metafile.Changes{AddTiers: [][]string{{fresh}}, RemoveTrackers: []string{strings.ToUpper(fresh[:4]) + fresh[4:]}},
			"to be added and to be removed",
		},
		"ReplacedByItself": {
			shapes["Debian"],
			metafile.Changes{ReplaceTrackers: []metafile.Replacement{{Old: fresh, New: fresh}}},
			"to be added and to be removed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited, err := metafile.Edit([]byte(tc.data), tc.changes)
			if err == nil || !strings.Contains(err.Error(), tc.want) || edited.Data != nil {
				t.Errorf("error is %v, want %q in it; data %.100q", err, tc.want, edited.Data)
			}
		})
	}
}

// What is wrong with a key that does not change is no reason to refuse.
func TestEdit_LeavesABrokenKeyBeside(t *testing.T) {
	t.Parallel()
	data := ordered("announce-list", str("none"), "info", plainInfo, "url-list", "i1e")
	edited := edit(t, data, metafile.Changes{Comment: comment("x")})
	if want := ordered("announce-list", str("none"), "comment", str("x"), "info", plainInfo, "url-list", "i1e"); string(edited.Data) != want {
		t.Errorf("it became %q", edited.Data)
	}
}

func TestEdit_Private(t *testing.T) {
	t.Parallel()
	data := ordered("announce", str(trackerA), "info", privateInfo)
	for name, changes := range map[string]metafile.Changes{
		"AddTracker":     addFresh(),
		"RemoveTracker":  {RemoveTrackers: []string{trackerA}},
		"ReplaceTracker": {ReplaceTrackers: []metafile.Replacement{{Old: trackerA, New: fresh}}},
		"AddWebseed":     {AddWebseeds: []string{"http://w/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := metafile.Edit([]byte(data), changes); !errors.Is(err, metafile.ErrPrivate) {
				t.Errorf("error is %v", err)
			}
			changes.Force = true
			if edited := edit(t, data, changes); !edited.Changed {
				t.Error("nothing changed by force")
			}
		})
	}
	if !edit(t, data, metafile.Changes{Comment: comment("x")}).Changed {
		t.Error("the comment did not change")
	}
	if edit(t, data, metafile.Changes{AddTiers: [][]string{{trackerA}}}).Changed {
		t.Error("what is there already was a change")
	}
}

func TestEdit_Versions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{"Debian": {true, false}, "Hybrid": {true, true}, "V2": {false, true}} {
		if edited := edit(t, shapes[name], addFresh()); edited.HasV1 != want[0] || edited.HasV2 != want[1] || edited.Name != "a.iso" {
			t.Errorf("%s: v1 %v, v2 %v, name %q", name, edited.HasV1, edited.HasV2, edited.Name)
		}
	}
}
