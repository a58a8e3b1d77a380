package metafile_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/anacrolix/torrent/merkle"
	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// node is a file in a file tree, whose root is a letter 32 times.
func node(length int, letter string) dict {
	return dict{"": dict{"length": length, "pieces root": strings.Repeat(letter, 32)}}
}

// sums returns as many hashes as there are letters, each of one letter 32 times.
func sums(letters string) (hashes [][32]byte, joined string) {
	for _, letter := range letters {
		joined += strings.Repeat(string(letter), 32)
	}
	hashes, _ = merkle.CompactLayerToSliceHashes(joined)
	return hashes, joined
}

// pureV2 is a torrent of version 2 in pieces of 16 KiB.
func pureV2(tree dict) dict {
	return dict{"info": dict{"name": "debian", "meta version": 2, "piece length": 16384, "file tree": tree}}
}

// layered returns a node of 20000 bytes, which are two pieces, and the layer that leads to its root.
func layered() (file dict, root [32]byte, layer string) {
	hashes, layer := sums("xy")
	root = merkle.Root(hashes)
	return dict{"": dict{"length": 20000, "pieces root": string(root[:])}}, root, layer
}

// hybridOuter is the hybrid torrent of singleInfo.
func hybridOuter() dict {
	file, root, layer := layered()
	return dict{
		"info":         singleInfo().with(dict{"meta version": 2, "file tree": dict{"debian.iso": file}}),
		"piece layers": dict{string(root[:]): layer},
	}
}

func TestParse_Hybrid(t *testing.T) {
	t.Parallel()
	_, root, layer := layered()
	outer := hybridOuter()
	info := encode(t, outer["info"])
	want := &metafile.Metafile{
		HasV1: true, HasV2: true, InfoHash: sha1.Sum(info), InfoHashV2: sha256.Sum256(info), InfoBytes: info,
		Name: "debian.iso", PieceLength: 16384, Files: []metafile.File{{Path: []string{"debian.iso"}, Length: 20000}},
		Pieces: []byte(strings.Repeat("h", 40)), Roots: [][32]byte{root}, Layers: map[[32]byte][]byte{root: []byte(layer)},
	}
	if diff := cmp.Diff(want, parse(t, outer)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParse_HybridOfSeveralFiles(t *testing.T) {
	t.Parallel()
	pad := file(16384-3, ".pad", "16381").with(dict{"attr": "p"})
	info := multiInfo(file(3, "a"), pad, file(0, "b", "c"), file(5, "d")).
		with(dict{"pieces": strings.Repeat("h", 40), "meta version": 2, "file tree": dict{
			"a": node(3, "r"), "b": dict{"c": dict{"": dict{"length": 0}}}, "d": node(5, "s"),
		}})
	m := parse(t, dict{"info": info, "piece layers": dict{}})
	hashes, _ := sums("rs")
	if diff := cmp.Diff([][32]byte{hashes[0], {}, {}, hashes[1]}, m.Roots); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(m.Files) != 4 || !m.Files[1].Padding || len(m.Warnings) != 0 {
		t.Errorf("got files %v, warnings %q", m.Files, m.Warnings)
	}
}

func TestParse_PureV2(t *testing.T) {
	t.Parallel()
	outer := pureV2(dict{"b": node(16384, "s"), "a": dict{"x": node(5, "r"), "latest": dict{"": dict{"length": 0, "attr": "l"}}}})
	info := encode(t, outer["info"])
	hashes, _ := sums("rs")
	want := &metafile.Metafile{
		HasV2: true, InfoHashV2: sha256.Sum256(info), InfoBytes: info, Name: "debian", PieceLength: 16384,
		Files: []metafile.File{
			{Path: []string{"debian", "a", "x"}, Length: 5},
			{Path: []string{"debian", ".pad", "16379"}, Length: 16379, Padding: true},
			{Path: []string{"debian", "b"}, Length: 16384},
		},
		Roots: [][32]byte{hashes[0], {}, hashes[1]}, Layers: map[[32]byte][]byte{},
		Warnings: []string{`symbolic link "debian/a/latest": links are not seeded`},
	}
	if diff := cmp.Diff(want, parse(t, outer)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParse_PureV2OfASingleFile(t *testing.T) {
	t.Parallel()
	m := parse(t, pureV2(dict{"debian": node(5, "r")}))
	if diff := cmp.Diff([]metafile.File{{Path: []string{"debian"}, Length: 5}}, m.Files); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The piece layers are outside of what the info-hash covers: what is wrong with them leaves the torrent as it is.
func TestParse_WrongLayersAreLeftOut(t *testing.T) {
	t.Parallel()
	_, root, layer := layered()
	for name, test := range map[string]struct {
		layers any
		want   string
	}{
		"None":       {nil, `"debian.iso" has none`},
		"Empty":      {dict{}, `"debian.iso" has none`},
		"Short":      {dict{string(root[:]): layer[:32]}, "does not belong to its root"},
		"Uneven":     {dict{string(root[:]): layer + "z"}, "does not belong to its root"},
		"OtherOnes":  {dict{string(root[:]): strings.Repeat("z", 64)}, "does not belong to its root"},
		"NotAString": {dict{string(root[:]): 5}, "does not belong to its root"},
		"NotADict":   {"x", `key "piece layers"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, hybridOuter().with(dict{"piece layers": test.layers}))
			if len(m.Layers) != 0 || len(m.Warnings) == 0 || !strings.Contains(m.Warnings[0], test.want) {
				t.Errorf("layers %v, warnings %q", m.Layers, m.Warnings)
			}
		})
	}
}

func TestParse_RefusesV2(t *testing.T) {
	t.Parallel()
	hybrid := hybridOuter()["info"].(dict)
	pure := func(tree dict) dict { return pureV2(tree)["info"].(dict) }
	tree := func(name string, value any) dict { return hybrid.with(dict{"file tree": dict{name: value}}) }
	two := multiInfo(file(1, "a"), file(2, "b")).with(dict{"meta version": 2})
	for name, test := range map[string]struct {
		info dict
		want string // in the error
	}{
		"UnknownVersion":     {pure(dict{"a": node(5, "r")}).with(dict{"meta version": 3}), "meta version 3 is not known"},
		"NoTree":             {pure(nil).with(dict{"file tree": nil}), `no key "pieces"`},
		"EmptyTree":          {pure(dict{}), "no data"},
		"TreeIsAList":        {hybrid.with(dict{"file tree": []int{}}), `key "file tree"`},
		"PieceTooSmall":      {pure(dict{"a": node(5, "r")}).with(dict{"piece length": 8192}), "8192 is not a power of two"},
		"PieceOdd":           {pure(dict{"a": node(5, "r")}).with(dict{"piece length": 49152}), "49152 is not a power of two"},
		"NodeIsAString":      {tree("debian.iso", "x"), `"debian.iso" is not a dictionary`},
		"ParentDirectory":    {tree("..", node(20000, "r")), `".." is not a file name`},
		"Slash":              {tree("a/b", node(20000, "r")), "slash"},
		"FileAndDirectory":   {tree("debian.iso", node(20000, "r").with(dict{"a": node(1, "s")})), "is a file and a directory"},
		"NoLength":           {tree("debian.iso", dict{"": dict{}}), `no integer "length"`},
		"PropertiesAreAList": {tree("debian.iso", dict{"": []int{}}), `no integer "length"`},
		"LengthNegative":     {tree("debian.iso", node(-1, "r")), "has the length -1"},
		"LengthHuge":         {pure(dict{"a": node(1<<63-1, "r")}), "has the length 9223372036854775807"},
		"NoRoot":             {tree("debian.iso", dict{"": dict{"length": 20000}}), `"pieces root" has 0 bytes`},
		"Padding":            {tree("debian.iso", dict{"": dict{"length": 20000, "attr": "p"}}), "padding"},
		"OtherLength":        {tree("debian.iso", node(19999, "r")), `"debian.iso" with 20000 bytes in version 1 is "debian.iso" with 19999`},
		"OtherName":          {tree("other.iso", node(20000, "r")), `is "other.iso"`},
		"LacksAFile":         {two.with(dict{"file tree": dict{"a": node(1, "r")}}), `the file tree lacks "debian/b"`},
		"HasAnotherFile":     {tree("debian.iso", node(20000, "r")).with(dict{"file tree": dict{"debian.iso": node(20000, "r"), "e": node(1, "s")}}), `version 1 lacks "e"`},
		"FileBeginsInAPiece": {two.with(dict{"file tree": dict{"a": node(1, "r"), "b": node(2, "s")}}), `"debian/b" does not begin at a piece`},
		"NameTooLong":        {pure(dict{strings.Repeat("n", 256): node(5, "r")}), "longer than 255 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := metafile.Parse(encode(t, dict{"info": test.info}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestParse_HalfAVersionIsLeftOut(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]dict{
		"TreeWithoutVersion": {"file tree": dict{}},
		"VersionWithoutTree": {"meta version": 2},
		"LaterVersion":       {"meta version": 3, "file tree": dict{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, dict{"info": singleInfo().with(changes)})
			if !m.HasV1 || m.HasV2 || len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "only version 1 is read") {
				t.Errorf("v1 %v, v2 %v, warnings %q", m.HasV1, m.HasV2, m.Warnings)
			}
		})
	}
}

// A directory with a long name stands once in the file and once in each of its paths.
func TestParse_FileTreeOfManyLongPaths(t *testing.T) {
	t.Parallel()
	files := dict{}
	for i := range 20_000 {
		files[strings.Repeat("f", 200)+string(rune('a'+i%26))+strings.Repeat("g", i/26%50)+string(rune('0'+i/1300))] = node(1, "r")
	}
	deep := files
	for range 15 {
		deep = dict{strings.Repeat("d", 250): deep}
	}
	_, err := metafile.Parse(encode(t, pureV2(deep)))
	if err == nil || !strings.Contains(err.Error(), "the paths take more than 64 MiB") {
		t.Errorf("error is %.200v", err)
	}
}
