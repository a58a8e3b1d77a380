package metafile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// several is the recipe of a hybrid torrent of two files with all keys.
func several() metafile.Recipe {
	_, root, layer := layered()
	file := func(length int64, path ...string) metafile.File {
		return metafile.File{Path: append([]string{"debian"}, path...), Length: length}
	}
	hashes, _ := sums("r")
	return metafile.Recipe{
		Name:        "debian",
		Files:       metafile.Arrange([]metafile.File{file(20000, "sub", "b.iso"), file(5, "a.iso"), file(0, "empty")}, 16384, true),
		PieceLength: 16384,
		Pieces:      []byte(strings.Repeat("h", 60)),
		Roots:       [][32]byte{hashes[0], {}, {}, root, {}},
		Layers:      map[[32]byte][]byte{root: []byte(layer)},
		Tiers:       [][]string{{trackerA}},
		Nodes:       []string{"router.example.org:6881", "[2001:db8::1]:6881"},
		Comment:     "a comment", Source: "a source", CreatedBy: "a test", Created: time.Unix(1300000000, 0).UTC(), Private: true,
	}
}

// of returns the recipe for some versions only, with the files that these have.
func of(r metafile.Recipe, v1, v2 bool) metafile.Recipe {
	if !v1 {
		r.Pieces = nil
	}
	if !v2 {
		r.Roots, r.Layers = nil, nil
	}
	return r
}

func TestBuild_EveryVersionReadBack(t *testing.T) {
	t.Parallel()
	for name, versions := range map[string][2]bool{"v1": {true, false}, "v2": {false, true}, "hybrid": {true, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := of(several(), versions[0], versions[1])
			data, err := metafile.Build(want)
			if err != nil {
				t.Fatal(err)
			}
			m, err := metafile.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			got := metafile.Recipe{
				Name: m.Name, Files: m.Files, PieceLength: m.PieceLength, Pieces: m.Pieces, Roots: m.Roots, Layers: m.Layers,
				Tiers: m.Tiers, Nodes: want.Nodes, Comment: m.Comment, Source: m.Source, CreatedBy: m.CreatedBy,
				Created: m.Created, Private: m.Private,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			const nodes = "5:nodesll18:router.example.orgi6881eel11:2001:db8::1i6881eee"
			if !strings.Contains(string(data), nodes) {
				t.Errorf("no %q in %q", nodes, data)
			}
		})
	}
}

func TestBuild_RefusesVersions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*metafile.Recipe)
		want   string
	}{
		"NoVersion":      {func(r *metafile.Recipe) { r.Pieces, r.Roots = nil, nil }, `no key "pieces"`},
		"TooFewRoots":    {func(r *metafile.Recipe) { r.Roots = r.Roots[1:] }, "4 roots for 5 files"},
		"NoLayer":        {func(r *metafile.Recipe) { r.Layers = nil }, `piece layers: "debian/sub/b.iso" has none`},
		"OtherName":      {func(r *metafile.Recipe) { r.Name = "ubuntu" }, `"debian/a.iso" does not begin with the name`},
		"FileTwice":      {func(r *metafile.Recipe) { r.Files[2] = r.Files[0] }, "appears twice"},
		"NodeNoPort":     {func(r *metafile.Recipe) { r.Nodes = []string{"example.org"} }, `node "example.org"`},
		"NodePortZero":   {func(r *metafile.Recipe) { r.Nodes = []string{"example.org:0"} }, "between 1 and 65535"},
		"NodeNoHost":     {func(r *metafile.Recipe) { r.Nodes = []string{":6881"} }, "not a host and a port"},
		"CreatedTooLate": {func(r *metafile.Recipe) { r.Created = time.Unix(1<<60, 0) }, "is no date"},
		"OtherOrder": {func(r *metafile.Recipe) {
			r.Pieces = nil
			r.Files[0], r.Files[3], r.Roots[0], r.Roots[3] = r.Files[3], r.Files[0], r.Roots[3], r.Roots[0]
		}, "not in the order"},
		"DirectoryLikeItsOnlyFile": {func(r *metafile.Recipe) {
			r.Pieces, r.Layers = nil, nil
			r.Files = []metafile.File{{Path: []string{"debian", "debian"}, Length: 5}}
			r.Roots = r.Roots[:1]
		}, "cannot tell a directory with one file of the same name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := several()
			test.change(&bad)
			if _, err := metafile.Build(bad); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}
