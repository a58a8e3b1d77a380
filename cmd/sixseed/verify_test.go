package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

const verifyPiece = 16 << 10

// madeTorrent is a file or directory, and the .torrent of it.
type madeTorrent struct {
	torrent string
	dir     string
}

// newDirectory writes files of these lengths, each of other bytes, and their .torrent. They are named 0, 1 and so on, in a
// folder each.
func newDirectory(t *testing.T, versions content.Versions, lengths ...int64) madeTorrent {
	t.Helper()
	parent := t.TempDir()
	r := madeTorrent{torrent: filepath.Join(parent, "r.torrent"), dir: filepath.Join(parent, "release")}
	var files []metafile.File
	for i, length := range lengths {
		path := []string{"release", fmt.Sprintf("d%d", i), "file"}
		files = append(files, metafile.File{Path: path, Length: length})
		write(t, filepath.Join(r.dir, path[1], "file"), bytes.Repeat([]byte{byte('a' + i)}, int(length)))
	}
	files = metafile.Arrange(files, verifyPiece, versions.V2)
	var onDisk []content.File
	for _, file := range files {
		path := filepath.Join(parent, filepath.Join(file.Path...))
		onDisk = append(onDisk, content.File{Path: path, Length: file.Length, Padding: file.Padding})
	}
	r.build(t, versions, onDisk, metafile.Recipe{Name: "release", Files: files})
	return r
}

// newImage writes a single file and its .torrent.
func newImage(t *testing.T, versions content.Versions, length int64) madeTorrent {
	t.Helper()
	r := madeTorrent{dir: t.TempDir()}
	r.torrent = filepath.Join(r.dir, "a.iso.torrent")
	write(t, filepath.Join(r.dir, "a.iso"), bytes.Repeat([]byte("image"), int(length/5+1))[:length])
	files := []content.File{{Path: filepath.Join(r.dir, "a.iso"), Length: length}}
	r.build(t, versions, files, metafile.Recipe{Name: "a.iso", Length: length})
	return r
}

func (r madeTorrent) build(t *testing.T, versions content.Versions, files []content.File, recipe metafile.Recipe) {
	t.Helper()
	layout, err := content.NewLayout(files, verifyPiece)
	if err != nil {
		t.Fatal(err)
	}
	digests, err := content.Digest(t.Context(), layout, versions, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	recipe.PieceLength = verifyPiece
	recipe.Pieces, recipe.Roots, recipe.Layers = digests.Pieces, digests.Roots, digests.Layers
	data, err := metafile.Build(recipe)
	if err != nil {
		t.Fatal(err)
	}
	write(t, r.torrent, data)
}

func (r madeTorrent) path(inside string) string {
	return filepath.Join(r.dir, filepath.FromSlash(inside))
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// verify runs the command with --json. The error says no more than what the result does.
func verify(t *testing.T, torrent, data string) verification {
	t.Helper()
	var out bytes.Buffer
	command := verifyCommand{Torrent: torrent, Data: data, JSON: true}
	err := command.Run(t.Context(), &streams{Out: &out})
	var v verification
	if jsonErr := json.Unmarshal(out.Bytes(), &v); jsonErr != nil {
		t.Fatalf("%v, %v in %s", err, jsonErr, &out)
	}
	if v.Whole != (err == nil) || strings.Contains(out.String(), "null") {
		t.Errorf("error is %v with\n%s", err, &out)
	}
	return v
}

// versions are the three kinds of torrents.
var versions = map[string]content.Versions{"V1": {V1: true}, "Hybrid": {V1: true, V2: true}, "V2": {V2: true}}

func TestVerify_Whole(t *testing.T) {
	t.Parallel()
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			several := newDirectory(t, version, 40_000, 0, 10, verifyPiece)
			if v := verify(t, several.torrent, ""); !v.Whole || v.Length != 40_010+verifyPiece || v.Data != several.dir {
				t.Errorf("several files: %+v", v)
			}
			single := newImage(t, version, 40_000)
			if v := verify(t, single.torrent, ""); !v.Whole || v.Pieces != 3 || v.Data != single.path("a.iso") {
				t.Errorf("single file: %+v", v)
			}
		})
	}
}

func TestVerify_DataGiven(t *testing.T) {
	t.Parallel()
	several, single := newDirectory(t, versions["V1"], 10, 20), newImage(t, versions["V1"], 10)
	renamed := filepath.Join(t.TempDir(), "other")
	if err := os.CopyFS(renamed, os.DirFS(several.dir)); err != nil {
		t.Fatal(err)
	}
	for data, torrent := range map[string]string{
		several.dir: several.torrent, filepath.Dir(several.dir): several.torrent, renamed: several.torrent,
		single.dir: single.torrent, single.path("a.iso"): single.torrent,
	} {
		if v := verify(t, torrent, data); !v.Whole {
			t.Errorf("%s: %+v", data, v)
		}
	}
}

func TestVerify_NoData(t *testing.T) {
	t.Parallel()
	several, single, empty := newDirectory(t, versions["V1"], 10, 20), newImage(t, versions["V1"], 10), t.TempDir()
	for name, test := range map[string]struct{ torrent, data, want string }{
		"NoSuchPath":    {single.torrent, filepath.Join(empty, "none"), "no such file"},
		"NotInThere":    {single.torrent, empty, `no file "a.iso" in it`},
		"FileForFolder": {several.torrent, single.path("a.iso"), "not a directory"},
		"NoTorrent":     {single.path("a.iso"), "", "not a torrent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := (&verifyCommand{Torrent: test.torrent, Data: test.data}).Run(t.Context(), &streams{Out: &out})
			if err == nil || !strings.Contains(err.Error(), test.want) || out.Len() > 0 {
				t.Errorf("error is %v, want %q; printed %q", err, test.want, &out)
			}
		})
	}
}

func TestVerify_BadPiece(t *testing.T) {
	t.Parallel()
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newDirectory(t, version, 40_000, 5000)
			data := bytes.Repeat([]byte("a"), 40_000)
			data[verifyPiece] = 'x'
			write(t, r.path("d0/file"), data)
			v := verify(t, r.torrent, "")
			want := []damagedPiece{{Index: 1, Parts: []damagedPart{{Path: "d0/file", Offset: verifyPiece, Length: verifyPiece}}}}
			if diff := cmp.Diff(want, v.BadPieces); diff != "" || v.Whole || v.MissingData != 0 {
				t.Errorf("%+v; bad pieces -want +got:\n%s", v, diff)
			}
		})
	}
}

func TestVerify_PieceOverFiles(t *testing.T) {
	t.Parallel()
	r := newDirectory(t, versions["V1"], 100, 200)
	write(t, r.path("d1/file"), bytes.Repeat([]byte("x"), 200))
	want := []damagedPiece{{Index: 0, Parts: []damagedPart{{Path: "d0/file", Length: 100}, {Path: "d1/file", Length: 200}}}}
	if diff := cmp.Diff(want, verify(t, r.torrent, "").BadPieces); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What is wrong with one file does not hide what is right with the others.
func TestVerify_WrongFiles(t *testing.T) {
	t.Parallel()
	const length = 2*verifyPiece + 100
	for name, test := range map[string]struct {
		spoil   func(path string) error
		want    wrongFile
		bad     int // pieces with data on disk, in version 1 and in the others
		badV1   int
		missing int // pieces without
	}{
		"Missing":   {os.Remove, wrongFile{Kind: "missing"}, 0, 1, 3},
		"Short":     {func(path string) error { return os.Truncate(path, 100) }, wrongFile{Kind: "short", OnDisk: 100}, 1, 2, 2},
		"Empty":     {func(path string) error { return os.Truncate(path, 0) }, wrongFile{Kind: "short"}, 0, 1, 3},
		"Long":      {func(path string) error { return os.Truncate(path, length+9) }, wrongFile{Kind: "long", OnDisk: length + 9}, 0, 0, 0},
		"Directory": {func(path string) error { _ = os.Remove(path); return os.Mkdir(path, 0o700) }, wrongFile{Kind: "no-file"}, 0, 1, 3},
	} {
		for version, versions := range versions {
			t.Run(name+version, func(t *testing.T) {
				t.Parallel()
				r := newDirectory(t, versions, verifyPiece, length, 70)
				if err := test.spoil(r.path("d1/file")); err != nil {
					t.Fatal(err)
				}
				v := verify(t, r.torrent, "")
				want := test.want
				want.Path, want.Length = "d1/file", length
				if diff := cmp.Diff([]wrongFile{want}, v.WrongFiles); diff != "" || v.Whole {
					t.Errorf("%+v; wrong files -want +got:\n%s", v, diff)
				}
				bad, missing := test.bad, test.missing
				if !versions.V2 && missing > 0 { // the last piece holds the next file too
					bad, missing = test.badV1, missing-1
				}
				if len(v.BadPieces) != bad || v.MissingData != missing {
					t.Errorf("%d bad pieces and %d missing ones, want %d and %d: %+v", len(v.BadPieces), v.MissingData, bad, missing, v)
				}
			})
		}
	}
}

func TestVerify_ExtraFilesDoNoHarm(t *testing.T) {
	t.Parallel()
	r := newDirectory(t, versions["Hybrid"], 40_000, 5000)
	write(t, r.path("d0/notes.txt"), []byte("x"))
	write(t, r.path(".pad/9152"), []byte("padding that a client wrote"))
	write(t, r.path("SHA256SUMS"), nil)
	v := verify(t, r.torrent, "")
	if diff := cmp.Diff([]string{"SHA256SUMS", "d0/notes.txt"}, v.ExtraFiles); diff != "" || !v.Whole {
		t.Errorf("%+v; extra files -want +got:\n%s", v, diff)
	}
}

func TestVerify_BarOnTerminal(t *testing.T) {
	t.Parallel()
	r := newImage(t, versions["V1"], 40_000)
	var out, terminal bytes.Buffer
	err := (&verifyCommand{Torrent: r.torrent}).Run(t.Context(), &streams{Out: &out, Err: &terminal, Terminal: true})
	if want := "a.iso is whole: 40.0 kB, 3 pieces\n"; err != nil || out.String() != want {
		t.Errorf("printed %q, %v; want %q", &out, err, want)
	}
}

func TestPrintVerification(t *testing.T) {
	t.Parallel()
	many := verification{Name: "many", Pieces: 100}
	for i := range 50 {
		many.BadPieces = append(many.BadPieces, damagedPiece{Index: i, Parts: []damagedPart{{Path: "a", Offset: int64(i) * 10, Length: 10}}})
	}
	for name, v := range map[string]verification{
		"damaged": {
			Name: "release\x1b[2J", Length: 5_000_000, Pieces: 10, MissingData: 2,
			BadPieces: []damagedPiece{
				{Index: 3, Parts: []damagedPart{{Path: "sub/a\x1b.iso", Offset: 786432, Length: 262144}}},
				{Index: 7, Parts: []damagedPart{{Path: "a", Length: 100}, {Path: "b", Length: 9}}},
			},
			WrongFiles: []wrongFile{
				{Path: "sub/a\x1b.iso", Kind: "missing", Length: 1_000_000},
				{Path: "b", Kind: "short", Length: 1000, OnDisk: 9},
				{Path: "c", Kind: "long", Length: 10, OnDisk: 12},
				{Path: "d", Kind: "no-file", Length: 5},
			},
			ExtraFiles: []string{"notes\n.txt"},
		},
		"long": {Name: "a.iso", Length: 10, Pieces: 1, WrongFiles: []wrongFile{{Path: "a.iso", Kind: "long", Length: 10, OnDisk: 11}}},
		"many": many,
	} {
		var text bytes.Buffer
		if err := printVerification(&text, v); err != nil {
			t.Fatal(err)
		}
		golden(t, "verify-"+name+".golden", text.String())
	}
}
