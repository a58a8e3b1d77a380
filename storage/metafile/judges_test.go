package metafile_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

const judgedPieceBits = 15

// judged returns a torrent of what is at path, which the test made: a file, or a directory with these files.
func judged(t *testing.T, path string, files []string, versions content.Versions) []byte {
	t.Helper()
	recipe := metafile.Recipe{Name: filepath.Base(path), PieceLength: 1 << judgedPieceBits}
	var onDisk []metafile.File
	for _, file := range files {
		stat, err := os.Stat(filepath.Join(path, file))
		if err != nil {
			t.Fatal(err)
		}
		elements := append([]string{recipe.Name}, strings.Split(file, "/")...)
		if file == "" {
			elements = elements[:1]
		}
		onDisk = append(onDisk, metafile.File{Path: elements, Length: stat.Size()})
	}
	arranged := metafile.Arrange(onDisk, recipe.PieceLength, versions.V2)
	if files[0] == "" {
		recipe.Length = onDisk[0].Length
	} else {
		recipe.Files = arranged
	}
	var layout []content.File
	for _, file := range arranged {
		layout = append(layout, content.File{
			Path: filepath.Join(filepath.Dir(path), filepath.Join(file.Path...)), Length: file.Length, Padding: file.Padding,
		})
	}
	return build(t, recipe, layout, versions)
}

func build(t *testing.T, recipe metafile.Recipe, files []content.File, versions content.Versions) []byte {
	t.Helper()
	layout, err := content.NewLayout(files, recipe.PieceLength)
	if err != nil {
		t.Fatal(err)
	}
	digests, err := content.Digest(t.Context(), layout, versions, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	recipe.Pieces, recipe.Roots, recipe.Layers = digests.Pieces, digests.Roots, digests.Layers
	data, err := metafile.Build(recipe)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// judgedShapes are the lengths of files by name; a single one without a name is a single-file torrent.
func judgedShapes() map[string]map[string]int {
	return map[string]map[string]int{
		"SingleFile":      {"": 200_001},
		"SmallFile":       {"": 100},
		"WholePieces":     {"": 4 << judgedPieceBits},
		"SeveralFiles":    {"b.iso": 100_000, "a.iso": 40_000, "empty": 0, "sub/x": 5, "sub-y": 1 << judgedPieceBits, "Z": 20_000},
		"DirectoryOfOne":  {"a.iso": 70_000},
		"EmptyFileAtEnds": {"a": 0, "b": 33_000, "c": 0},
	}
}

// layOut writes the files of a shape and returns the path of the torrent's data and the names below it.
func layOut(t *testing.T, shape map[string]int) (path string, files []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "release")
	for name, length := range shape {
		place := filepath.Join(path, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			t.Fatal(err)
		}
		data := strings.Repeat(name+" sixteen bytes..", length/16+1)[:length]
		if err := os.WriteFile(place, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	return path, files
}

// need ends a test without the program, or if it fails with these arguments: in CI the test fails, else it is skipped.
func need(t *testing.T, program string, arguments ...string) {
	t.Helper()
	_, err := exec.LookPath(program)
	if err == nil && len(arguments) > 0 {
		err = exec.CommandContext(t.Context(), program, arguments...).Run()
	}
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s: %v", program, err)
	default:
		t.Skipf("%s: %v", program, err)
	}
}

func TestBuild_InfoHashOfMktorrent(t *testing.T) {
	t.Parallel()
	need(t, "mktorrent")
	for name, shape := range judgedShapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, files := layOut(t, shape)
			output := filepath.Join(t.TempDir(), "theirs.torrent")
			command := exec.CommandContext(t.Context(), "mktorrent", "-l", strconv.Itoa(judgedPieceBits), "-o", output, path)
			if text, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			theirs, err := metafile.Load(output)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := metafile.Parse(judged(t, path, files, content.Versions{V1: true}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(theirs.InfoBytes), string(ours.InfoBytes)); diff != "" {
				t.Errorf("-mktorrent +sixseed:\n%s", diff)
			}
		})
	}
}

// libtorrentJudge reads a .torrent, and makes one of the same data. It prints the info-hashes of both.
const libtorrentJudge = `
import json, os, sys
import libtorrent as lt
torrent, data, piece, flags = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def hashes(info):
    both = info.info_hashes()
    return {"v1": str(both.v1) if both.has_v1() else "", "v2": str(both.v2) if both.has_v2() else ""}
storage = lt.file_storage()
lt.add_files(storage, data)
creator = lt.create_torrent(storage, piece, flags=flags)
lt.set_piece_hashes(creator, os.path.dirname(data))
own = lt.torrent_info(lt.bdecode(lt.bencode(creator.generate())))
read = lt.torrent_info(torrent)
print(json.dumps({"read": hashes(read), "made": hashes(own), "pieces": read.num_pieces()}))
`

// Flags of libtorrent's creator.
const (
	v2OnlyFlag      = 32
	v1OnlyFlag      = 64
	noAttributeFlag = 256
)

func TestBuild_InfoHashesOfLibtorrent(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	need(t, python, "-c", "import libtorrent")
	for name, shape := range judgedShapes() {
		for version, test := range map[string]struct {
			versions content.Versions
			flag     int
		}{
			"v1":     {content.Versions{V1: true}, v1OnlyFlag},
			"hybrid": {content.Versions{V1: true, V2: true}, 0},
			"v2":     {content.Versions{V2: true}, v2OnlyFlag},
		} {
			t.Run(name+"/"+version, func(t *testing.T) {
				t.Parallel()
				path, files := layOut(t, shape)
				data := judged(t, path, files, test.versions)
				torrent := filepath.Join(t.TempDir(), "ours.torrent")
				if err := metafile.Write(torrent, data); err != nil {
					t.Fatal(err)
				}
				command := exec.CommandContext(t.Context(), python, "-c", libtorrentJudge, torrent, path,
					strconv.Itoa(1<<judgedPieceBits), strconv.Itoa(test.flag|noAttributeFlag))
				var complaint strings.Builder
				command.Stderr = &complaint
				text, err := command.Output()
				if err != nil {
					t.Fatalf("%v: %s", err, complaint.String())
				}
				m, err := metafile.Parse(data)
				if err != nil {
					t.Fatal(err)
				}
				compareWithLibtorrent(t, m, text)
			})
		}
	}
}

// identity is the info-hashes of a torrent in hexadecimal digits, empty where there is none.
type identity struct {
	V1, V2 string
}

func identityOf(m *metafile.Metafile) (id identity) {
	if m.HasV1 {
		id.V1 = hex.EncodeToString(m.InfoHash[:])
	}
	if m.HasV2 {
		id.V2 = hex.EncodeToString(m.InfoHashV2[:])
	}
	return id
}

func compareWithLibtorrent(t *testing.T, m *metafile.Metafile, text []byte) {
	t.Helper()
	var judge struct {
		Read, Made identity
		Pieces     int64
	}
	if err := json.Unmarshal(text, &judge); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if diff := cmp.Diff(judge.Read, identityOf(m)); diff != "" {
		t.Errorf("info-hashes -libtorrent +sixseed:\n%s", diff)
	}
	if pieces := (m.Length()-1)/m.PieceLength + 1; judge.Pieces != pieces {
		t.Errorf("%d pieces, libtorrent counts %d", pieces, judge.Pieces)
	}
	// In version 1 alone the order of files is free, and libtorrent takes that of the directory.
	if m.HasV2 || len(m.Files) == 1 {
		if diff := cmp.Diff(judge.Made, identityOf(m)); diff != "" {
			t.Errorf("info-hashes of its own torrent -libtorrent +sixseed:\n%s", diff)
		}
	}
}
