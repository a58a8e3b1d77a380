package metafile_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func describe(t testing.TB, data []byte) metafile.Description {
	t.Helper()
	d, err := metafile.Describe(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// codes returns the codes of what is odd, in order.
func codes(d metafile.Description) []string {
	codes := []string{}
	for _, lint := range d.Odd {
		codes = append(codes, lint.Code)
	}
	return codes
}

func TestDescribe_SingleFile(t *testing.T) {
	t.Parallel()
	info := singleInfo().with(dict{"private": 1, "source": "mirror", "x_cross_seed": "1"})
	got := describe(t, encode(t, dict{
		"announce": trackerA, "announce-list": [][]string{{trackerA, trackerB}, {trackerC}}, "info": info,
		"url-list": "https://m.example.org/iso/", "httpseeds": []string{"https://h.example.org/"},
		"nodes": []any{[]any{"2001:db8::1", 6881}}, "comment": "a comment", "created by": "a test",
		"creation date": 1300000000, "encoding": "UTF-8", "zz": 1,
	}))
	created := time.Unix(1300000000, 0).UTC()
	sum := sha1.Sum(encode(t, info))
	hash := hex.EncodeToString(sum[:])
	want := metafile.Description{
		Name: "debian.iso", Version: "v1", InfoHashV1: hash, Length: 20000, PieceLength: 16384, Pieces: 2,
		Files: []metafile.DescribedFile{{Path: "debian.iso", Length: 20000}},
		Tiers: [][]string{{trackerA, trackerB}, {trackerC}}, Announce: trackerA,
		Webseeds: []string{"https://m.example.org/iso/"}, HTTPSeeds: []string{"https://h.example.org/"},
		Nodes: []string{"[2001:db8::1]:6881"}, Private: true, Source: "mirror", Comment: "a comment", CreatedBy: "a test",
		Created: &created, UnknownKeys: []string{"zz"}, UnknownInfoKeys: []string{"x_cross_seed"},
		Magnet: "magnet:?xt=urn:btih:" + hash + "&dn=debian.iso&tr=http%3A%2F%2Fa.example.org%2Fannounce" +
			"&tr=https%3A%2F%2Fb.example.org%3A8443%2Fannounce%3Fkey%3D1&tr=udp%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%3A6969" +
			"&ws=https%3A%2F%2Fm.example.org%2Fiso%2F",
		Odd: []metafile.Lint{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDescribe_SeveralFiles(t *testing.T) {
	t.Parallel()
	pad := file(16383, ".pad", "16383").with(dict{"attr": "p"})
	link := file(0, "latest.iso").with(dict{"attr": "l", "symlink path": []string{"sub", "a.iso"}})
	got := describe(t, encode(t, dict{"announce": trackerA, "info": multiInfo(file(1, "sub", "a.iso"), pad, file(2, "b.iso"), link).
		with(dict{"pieces": strings.Repeat("h", 40)})}))
	want := []metafile.DescribedFile{
		{Path: "sub/a.iso", Length: 1},
		{Path: ".pad/16383", Length: 16383, Padding: true},
		{Path: "b.iso", Length: 2},
		{Path: "latest.iso", Link: "sub/a.iso"},
	}
	if diff := cmp.Diff(want, got.Files); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got.Length != 3 || got.Padding != 16383 || got.Pieces != 2 {
		t.Errorf("%d bytes, %d of padding, %d pieces", got.Length, got.Padding, got.Pieces)
	}
}

// fileTree is the "file tree" of a directory with a file of a piece and three bytes and one of two bytes.
func fileTree() dict {
	root := func(r string) string { return strings.Repeat(r, 32) }
	return dict{
		"b.iso": dict{"": dict{"length": 2, "pieces root": root("b")}},
		"sub":   dict{"a.iso": dict{"": dict{"length": 16387, "pieces root": root("a")}}},
	}
}

func TestDescribe_V2(t *testing.T) {
	t.Parallel()
	info := dict{"name": "debian", "piece length": 16384, "meta version": 2, "file tree": fileTree()}
	got := describe(t, encode(t, dict{"announce": trackerA, "info": info}))
	want := []metafile.DescribedFile{
		{Path: "b.iso", Length: 2, PiecesRoot: strings.Repeat("62", 32)},
		{Path: "sub/a.iso", Length: 16387, PiecesRoot: strings.Repeat("61", 32)},
	}
	if diff := cmp.Diff(want, got.Files); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	sum := sha256.Sum256(encode(t, info))
	hash := hex.EncodeToString(sum[:])
	if got.Version != "v2" || got.InfoHashV1 != "" || got.InfoHashV2 != hash || got.Pieces != 3 || got.Length != 16389 {
		t.Errorf("got %+v", got)
	}
	if !strings.HasPrefix(got.Magnet, "magnet:?xt=urn:btmh:1220"+hash+"&dn=debian&") {
		t.Errorf("magnet link %q", got.Magnet)
	}
}

func TestDescribe_Hybrid(t *testing.T) {
	t.Parallel()
	pad := file(16382, ".pad", "16382").with(dict{"attr": "p"})
	info := multiInfo(file(2, "b.iso"), pad, file(16387, "sub", "a.iso")).
		with(dict{"pieces": strings.Repeat("h", 60), "meta version": 2, "file tree": fileTree()})
	got := describe(t, encode(t, dict{"info": info}))
	if got.Version != "hybrid" || len(got.InfoHashV1) != 40 || len(got.InfoHashV2) != 64 || got.Pieces != 3 {
		t.Errorf("got %+v", got)
	}
	var roots []string
	for _, file := range got.Files {
		roots = append(roots, file.PiecesRoot)
	}
	want := []string{strings.Repeat("62", 32), "", strings.Repeat("61", 32)}
	if diff := cmp.Diff(want, roots); diff != "" {
		t.Errorf("roots -want +got:\n%s", diff)
	}
	if !strings.Contains(got.Magnet, "xt=urn:btih:"+got.InfoHashV1+"&xt=urn:btmh:1220"+got.InfoHashV2) {
		t.Errorf("magnet link %q", got.Magnet)
	}
}

func TestDescribe_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ data, want string }{
		"NothingAtAll":  {"", "offset 0: ends in the middle"},
		"Damaged":       {"d4:infod4:name9:cute", "offset 14: string goes on after the end"},
		"NoKey":         {"d4:infodi1ei2eee", "offset 8: key: unexpected byte 'i'"},
		"NoValue":       {"d4:infoe", `offset 7: key "info" has no value`},
		"TooDeep":       {"d4:info" + strings.Repeat("l", 10_000), "offset 70: more than 64 levels deep"},
		"List":          {"le", "not a dictionary"},
		"NoInfo":        {"de", `no key "info"`},
		"InfoIsAList":   {"d4:infolee", `key "info": not a dictionary`},
		"EndOnly":       {"e", "offset 0: an end without a beginning"},
		"NumberAsStart": {"i5e", "not a dictionary"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := metafile.Describe([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), "not a torrent: "+test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

// What Parse refuses, for nobody should act on it, can still be looked at.
func TestDescribe_WhatParseRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		info any
		want string // in the lint
	}{
		"NameWithEscape":  {singleInfo().with(dict{"name": "a\x1b[31m"}), "control character"},
		"PathToParent":    {multiInfo(file(3, "..", "passwd")), `".." is not a file name`},
		"PieceLengthZero": {singleInfo().with(dict{"piece length": 0}), "piece length 0"},
		"LengthNegative":  {singleInfo().with(dict{"length": -1}), "length -1"},
		"LengthsOverflow": {multiInfo(file(1<<62, "a"), file(1<<62, "b")), "64 bits"},
		"NoPieces":        {singleInfo().with(dict{"pieces": nil}), `no key "pieces"`},
		"Empty":           {dict{}, `no key "name"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := describe(t, encode(t, dict{"info": test.info, "announce": trackerA}))
			if len(got.Odd) == 0 || got.Odd[0].Code != "unusable" || !strings.Contains(got.Odd[0].Text, test.want) {
				t.Errorf("odd: %v, want %q in the first", got.Odd, test.want)
			}
			if got.Length < 0 || got.InfoHashV1 == "" {
				t.Errorf("length %d, info-hash %q", got.Length, got.InfoHashV1)
			}
		})
	}
}

func TestDescribe_ValuesOfWrongType(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]any{
		"announce": 5, "announce-list": "text", "url-list": []int{1}, "httpseeds": dict{}, "nodes": []string{"host"},
		"comment": []string{}, "created by": 5, "creation date": "today",
	} {
		got := describe(t, encode(t, dict{"info": singleInfo(), key: value}))
		found := false
		for _, lint := range got.Odd {
			found = found || lint.Code == "wrong-type" && strings.Contains(lint.Text, `"`+key+`"`)
		}
		if !found {
			t.Errorf("%s: odd is %v", key, got.Odd)
		}
	}
}

func TestDescribe_TiersAsWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outer dict
		want  [][]string
	}{
		"None":            {dict{}, [][]string{}},
		"AnnounceOnly":    {dict{"announce": trackerA}, [][]string{{trackerA}}},
		"FlatListOneTier": {dict{"announce-list": []string{trackerA, trackerB}}, [][]string{{trackerA, trackerB}}},
		"EmptyTierGone":   {dict{"announce-list": [][]string{{}, {""}, {trackerA}}}, [][]string{{trackerA}}},
		"UnusableStays":   {dict{"announce-list": [][]string{{"foo://x"}}}, [][]string{{"foo://x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := describe(t, encode(t, test.outer.with(dict{"info": singleInfo()})))
			if diff := cmp.Diff(test.want, got.Tiers); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A path element stands in a file tree once, but in the path of every file below it.
func TestDescribe_FileTreeOfLongPathsIsBounded(t *testing.T) {
	t.Parallel()
	leaves := strings.Repeat("1:ad0:d6:lengthi1eee", 3000)
	long := strings.Repeat("n", 1<<20)
	data := "d4:infod9:file treed1048576:" + long + "d" + leaves + "eee" + "4:name1:a" + "e" + "e"
	got := describe(t, []byte(data))
	if len(got.Files) > 100 {
		t.Errorf("%d files", len(got.Files))
	}
}

func TestDescription_JSONHasNoNull(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(describe(t, encode(t, dict{"info": dict{"name": "a", "file tree": dict{}}})))
	if err != nil || strings.Contains(string(text), "null") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestLoadDescription(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.torrent")
	if err := os.WriteFile(path, encode(t, dict{"info": singleInfo()}), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := metafile.LoadDescription(path); err != nil || got.Name != "debian.iso" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := os.Truncate(path, 20); err != nil {
		t.Fatal(err)
	}
	if _, err := metafile.LoadDescription(path); err == nil || strings.Count(err.Error(), path) != 1 || !strings.Contains(err.Error(), "offset") {
		t.Errorf("error is %v", err)
	}
	if err := os.Truncate(path, 100<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := metafile.LoadDescription(path); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("error is %v", err)
	}
}

// FuzzDescribe checks that every input is described or refused, and that what Parse accepts is described as it reads it.
func FuzzDescribe(f *testing.F) {
	f.Add(encode(f, dict{"announce": trackerA, "info": singleInfo(), "nodes": []any{[]any{"h", 1}}}))
	f.Add(encode(f, dict{"info": multiInfo(file(3, "a"), file(0, "l").with(dict{"symlink path": []string{"a"}}))}))
	f.Add(encode(f, dict{"info": dict{"name": "n", "piece length": 16384, "meta version": 2, "file tree": fileTree()}}))
	f.Add([]byte("d4:infod1:bi1e1:ai1e1:bi2eee trailing"))
	f.Add([]byte("d4:info"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := metafile.Describe(data)
		m, refused := metafile.Parse(data)
		switch {
		case err != nil && refused == nil:
			t.Errorf("Parse accepts what Describe refuses: %v", err)
		case err != nil || refused != nil:
		case d.Name != m.Name || d.PieceLength != m.PieceLength || d.Private != m.Private ||
			m.HasV1 && d.Length+d.Padding != m.Length():
			t.Errorf("described as %+v, parsed as %+v", d, m)
		}
		if _, err := json.Marshal(d); err != nil {
			t.Error(err)
		}
	})
}
