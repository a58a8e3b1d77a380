package metafile_test

import (
	"crypto/sha1"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/anacrolix/torrent/bencode"
	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// dict is a dictionary to encode.
type dict map[string]any

// with returns a copy of d in which keys have other values, or none if the value is nil.
func (d dict) with(changes dict) dict {
	changed := dict{}
	for _, source := range []dict{d, changes} {
		for key, value := range source {
			changed[key] = value
			if value == nil {
				delete(changed, key)
			}
		}
	}
	return changed
}

// singleInfo is the info dictionary of one file with two pieces.
func singleInfo() dict {
	return dict{"name": "debian.iso", "length": 20000, "piece length": 16384, "pieces": strings.Repeat("h", 40)}
}

// multiInfo is the info dictionary of several files, with three bytes in a piece of 16 KiB.
func multiInfo(files ...dict) dict {
	return dict{"name": "debian", "files": files, "piece length": 16384, "pieces": strings.Repeat("h", 20)}
}

func file(length int, path ...string) dict { return dict{"length": length, "path": path} }

func encode(t testing.TB, value any) []byte {
	t.Helper()
	data, err := bencode.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, outer dict) *metafile.Metafile {
	t.Helper()
	m, err := metafile.Parse(encode(t, outer))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParse_SingleFile(t *testing.T) {
	t.Parallel()
	info := singleInfo().with(dict{"unknown": "kept"})
	got := parse(t, dict{
		"announce": "http://tracker.example.org/announce", "created by": "a test", "info": info, "nodes": "not a list",
		"url-list": "https://mirror.example.org/",
	})
	want := &metafile.Metafile{
		HasV1:       true,
		InfoHash:    sha1.Sum(encode(t, info)),
		InfoBytes:   encode(t, info),
		Name:        "debian.iso",
		PieceLength: 16384,
		Pieces:      []byte(strings.Repeat("h", 40)),
		Files:       []metafile.File{{Path: []string{"debian.iso"}, Length: 20000}},
		Tiers:       [][]string{{"http://tracker.example.org/announce"}},
		Webseeds:    []string{"https://mirror.example.org/"},
		CreatedBy:   "a test",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got.Length() != 20000 {
		t.Errorf("length is %d", got.Length())
	}
}

func TestParse_SeveralFiles(t *testing.T) {
	t.Parallel()
	pad := file(1, ".pad", "1").with(dict{"attr": "p"})
	got := parse(t, dict{"info": multiInfo(file(1, "sub", "a.iso"), pad, file(0, "empty"), file(1, "b.iso"), pad).
		with(dict{"pieces": strings.Repeat("h", 20)})})
	want := []metafile.File{
		{Path: []string{"debian", "sub", "a.iso"}, Length: 1},
		{Path: []string{"debian", ".pad", "1"}, Length: 1, Padding: true},
		{Path: []string{"debian", "empty"}},
		{Path: []string{"debian", "b.iso"}, Length: 1},
		{Path: []string{"debian", ".pad", "1"}, Length: 1, Padding: true},
	}
	if diff := cmp.Diff(want, got.Files); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParse_SymbolicLinkLeftOut(t *testing.T) {
	t.Parallel()
	link := file(0, "latest").with(dict{"attr": "l", "symlink path": []string{"a.iso"}})
	got := parse(t, dict{"info": multiInfo(file(3, "a.iso"), link)})
	if len(got.Files) != 1 || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], `"latest"`) {
		t.Errorf("files %v, warnings %q", got.Files, got.Warnings)
	}
}

func TestParse_Private(t *testing.T) {
	t.Parallel()
	for value, want := range map[int]bool{0: false, 1: true} {
		if got := parse(t, dict{"info": singleInfo().with(dict{"private": value})}); got.Private != want {
			t.Errorf("private is %v with %d", got.Private, value)
		}
	}
}

func TestParse_UnsortedInfoKeepsItsHash(t *testing.T) {
	t.Parallel()
	info := "d6:pieces20:hhhhhhhhhhhhhhhhhhhh4:name1:a12:piece lengthi16384e6:lengthi1ee"
	got, err := metafile.Parse([]byte("d4:info" + info + "e"))
	if err != nil {
		t.Fatal(err)
	}
	if got.InfoHash != sha1.Sum([]byte(info)) || string(got.InfoBytes) != info {
		t.Errorf("info became %q", got.InfoBytes)
	}
}

func TestParse_RefusesInfo(t *testing.T) {
	t.Parallel()
	single := singleInfo()
	deep := strings.Split(strings.Repeat("d/", 3000)+"d", "/")
	for _, test := range []struct {
		name string
		info any
		want string // in the error
	}{
		{"InfoIsAList", []string{"a"}, `key "info": not a dictionary`},
		{"NoName", single.with(dict{"name": nil}), `no key "name"`},
		{"EmptyName", single.with(dict{"name": ""}), `"" is not a file name`},
		{"NameIsParent", single.with(dict{"name": ".."}), `".." is not a file name`},
		{"NameWithSlash", single.with(dict{"name": "../etc"}), "slash"},
		{"NameWithBackslash", single.with(dict{"name": `..\etc`}), "backslash"},
		{"NameWithNUL", single.with(dict{"name": "a\x00b"}), "control character"},
		{"NameWithEscape", single.with(dict{"name": "a\x1b[31m"}), "control character"},
		{"NameNotUTF8", single.with(dict{"name": "\xff"}), "not UTF-8"},
		{"NameTooLong", single.with(dict{"name": strings.Repeat("n", 256)}), `nnn"... is longer than 255 bytes`},
		{"NameIsAnInteger", single.with(dict{"name": 5}), `key "name"`},
		{"NoPieces", single.with(dict{"pieces": nil}), `no key "pieces"`},
		{"NoPieceLength", single.with(dict{"piece length": nil}), `no key "piece length"`},
		{"PieceLengthZero", single.with(dict{"piece length": 0}), "piece length 0"},
		{"PieceLengthHuge", single.with(dict{"piece length": 1 << 30}), "piece length 1073741824"},
		{"PiecesTooFew", single.with(dict{"pieces": strings.Repeat("h", 20)}), "take 2 hashes"},
		{"PiecesTooMany", single.with(dict{"pieces": strings.Repeat("h", 60)}), "take 2 hashes"},
		{"PiecesNotWhole", single.with(dict{"pieces": strings.Repeat("h", 41)}), "take 2 hashes"},
		{"LengthZero", single.with(dict{"length": 0, "pieces": ""}), "no data"},
		{"LengthNegative", single.with(dict{"length": -1}), `"debian.iso" has the length -1`},
		{"LengthIsAString", single.with(dict{"length": "many"}), `key "length"`},
		{"NoLength", single.with(dict{"length": nil}), `neither "length" nor "files"`},
		{"LengthAndFiles", single.with(dict{"files": []dict{file(1, "a")}}), `both "length" and "files"`},
		{"PrivateIsAList", single.with(dict{"private": []int{}}), `key "private"`},
		{"NoFiles", multiInfo(), "no data"},
		{"FileWithoutPath", multiInfo(file(3)), "file 0: no path"},
		{"PathToParent", multiInfo(file(3, "..", "passwd")), `".." is not a file name`},
		{"PathAbsolute", multiInfo(file(3, "", "passwd")), `"" is not a file name`},
		{"PathWithSlash", multiInfo(file(3, "a/b")), "slash"},
		{"PathTooLong", multiInfo(file(3, deep...)), "longer than 4096 bytes"},
		{"PaddingPathToParent", multiInfo(file(3, "..").with(dict{"attr": "p"})), `".." is not a file name`},
		{"PathTwice", multiInfo(file(1, "a"), file(2, "a")), `"debian/a": appears twice`},
		{"FileThenDirectory", multiInfo(file(1, "a"), file(2, "a", "b")), `"debian/a" is a file and a directory`},
		{"DirectoryThenFile", multiInfo(file(1, "a", "b"), file(2, "a")), `"debian/a": is a file and a directory`},
		{"LengthsOverflow", multiInfo(file(1<<62, "a"), file(1<<62, "b")), "longer than 64 bits"},
		{"LinkWithLength", multiInfo(file(3, "a").with(dict{"attr": "l"})), `"a" has a length`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := metafile.Parse(encode(t, dict{"info": test.info}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pipe := filepath.Join(folder, "pipe.torrent")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	large := write("large.torrent", nil)
	if err := os.Truncate(large, 64<<20+1); err != nil {
		t.Fatal(err)
	}

	good := write("good.torrent", encode(t, dict{"info": singleInfo()}))
	if m, err := metafile.Load(good); err != nil || m.Path != good || m.Name != "debian.iso" {
		t.Errorf("got %+v, %v", m, err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "none.torrent"): "no such file",
		folder:                                "not a regular file",
		pipe:                                  "not a regular file",
		large:                                 "larger than 64 MiB",
		write("empty.torrent", nil):           "ends in the middle",
		write("noise.torrent", []byte("\x00\x01\x02")): "not a torrent: offset 0",
		write("list.torrent", []byte("le")):            "not a dictionary",
		write("other.torrent", []byte("de")):           `no key "info"`,
	} {
		_, err := metafile.Load(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("error is %v, want %q and the path in it", err, want)
		}
	}
}
