package metafile_test

import (
	"crypto/sha1"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func recipe() metafile.Recipe {
	return metafile.Recipe{
		Name: "debian.iso", Length: 20000, PieceLength: 16384, Pieces: []byte(strings.Repeat("h", 40)),
		Tiers:     [][]string{{trackerA, trackerB}, {trackerC}},
		Webseeds:  []string{"https://m.example.org/iso/", "https://n.example.org/"},
		CreatedBy: "a test", Created: time.Unix(1300000000, 0),
	}
}

func TestBuild_ReadBack(t *testing.T) {
	t.Parallel()
	data, err := metafile.Build(recipe())
	if err != nil {
		t.Fatal(err)
	}
	m, err := metafile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	got := metafile.Recipe{
		Name: m.Name, Length: m.Length(), PieceLength: m.PieceLength, Pieces: m.Pieces,
		Tiers: m.Tiers, Webseeds: m.Webseeds, CreatedBy: m.CreatedBy, Created: recipe().Created,
	}
	if diff := cmp.Diff(recipe(), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(string(data), "13:creation datei1300000000e") {
		t.Errorf("no creation date in %q", data)
	}
}

func TestBuild_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*metafile.Recipe)
		want   string
	}{
		"BadName":     {func(r *metafile.Recipe) { r.Name = "a/b" }, "slash"},
		"WrongPieces": {func(r *metafile.Recipe) { r.Pieces = r.Pieces[:20] }, "take 2 hashes"},
		"BadTracker":  {func(r *metafile.Recipe) { r.Tiers = [][]string{{"foo://x"}} }, `"foo://x"`},
		"BadWebseed":  {func(r *metafile.Recipe) { r.Webseeds = []string{"foo://x"} }, `"foo://x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := recipe()
			test.change(&bad)
			if _, err := metafile.Build(bad); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

// mktorrent is what admins make their torrents with, so the same input must give the same file.
func TestBuild_LikeMktorrent(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("mktorrent")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	const pieceBits = 15
	content := []byte(strings.Repeat("sixteen bytes...", 5000))
	base := metafile.Recipe{
		Name: "image.iso", Length: int64(len(content)), PieceLength: 1 << pieceBits, CreatedBy: "mktorrent 1.1",
	}
	for begin := 0; begin < len(content); begin += 1 << pieceBits {
		sum := sha1.Sum(content[begin:min(begin+1<<pieceBits, len(content))])
		base.Pieces = append(base.Pieces, sum[:]...)
	}
	for name, test := range map[string]struct{ tiers, webseeds [][]string }{
		"OneTracker": {tiers: [][]string{{trackerA}}},
		"OneTier":    {tiers: [][]string{{trackerA, trackerB}}},
		"Tiers":      {tiers: [][]string{{trackerA, trackerB}, {trackerC}}},
		"Webseed":    {[][]string{{trackerA}}, [][]string{{"https://m.example.org/"}}},
		"Webseeds":   {[][]string{{trackerA}}, [][]string{{"https://m.example.org/", "https://n.example.org/"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			image := filepath.Join(t.TempDir(), base.Name)
			if err := os.WriteFile(image, content, 0o600); err != nil {
				t.Fatal(err)
			}
			recipe := base
			recipe.Tiers = test.tiers
			arguments := []string{"-d", "-l", strconv.Itoa(pieceBits), "-o", image + ".torrent"}
			for _, tier := range test.tiers {
				arguments = append(arguments, "-a", strings.Join(tier, ","))
			}
			for _, webseeds := range test.webseeds {
				recipe.Webseeds = append(recipe.Webseeds, webseeds...)
				arguments = append(arguments, "-w", strings.Join(webseeds, ","))
			}
			if text, err := exec.CommandContext(t.Context(), program, append(arguments, image)...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			compareTorrents(t, recipe, image+".torrent")
		})
	}
}

// compareTorrents compares what Build makes with the file at path, byte by byte.
func compareTorrents(t *testing.T, recipe metafile.Recipe, path string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := metafile.Build(recipe)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-mktorrent +sixseed:\n%s", diff)
	}
	ours, _ := metafile.Parse(got)
	theirs, err := metafile.Load(path)
	if err != nil || ours.InfoHash != theirs.InfoHash {
		t.Errorf("info-hash %x, mktorrent's is %x (%v)", ours.InfoHash, theirs.InfoHash, err)
	}
}

func TestPieceLength(t *testing.T) {
	t.Parallel()
	const kib, mib, gib = 1 << 10, 1 << 20, 1 << 30
	for size, want := range map[int64]int64{
		0:            16 * kib,
		1:            16 * kib,
		32*mib - 1:   16 * kib,
		32 * mib:     32 * kib,
		300 * mib:    256 * kib,
		3789 * mib:   2 * mib,
		32*gib - 1:   16 * mib,
		1 << 62:      16 * mib,
		64*mib - 1:   32 * kib,
		4 * gib:      4 * mib,
		4*gib - 1:    2 * mib,
		600*mib + 12: 512 * kib,
	} {
		if got := metafile.PieceLength(size); got != want {
			t.Errorf("%d bytes: pieces of %d, want %d", size, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encode(f, dict{"info": singleInfo(), "announce": trackerA, "url-list": "http://m/"}))
	f.Add(encode(f, dict{"info": multiInfo(file(1, "a", "b"), file(2, "c").with(dict{"attr": "px"}))}))
	f.Add(encode(f, dict{"info": singleInfo().with(dict{"meta version": 2, "file tree": dict{}})}))
	f.Add(encode(f, hybridOuter()))
	f.Add(encode(f, pureV2(dict{"a": node(5, "r"), "b": dict{"c": node(40000, "s")}})))
	f.Add(encode(f, dict{"info": singleInfo(), "announce-list": []any{[]string{trackerB}, trackerC, "foo://x"}}))
	f.Add([]byte("d4:infod6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:hhhhhhhhhhhhhhhhhhhhee"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := metafile.Parse(data)
		if err != nil {
			return
		}
		if pieces := (m.Length()-1)/m.PieceLength + 1; m.HasV1 && int64(len(m.Pieces)) != 20*pieces {
			t.Errorf("%d bytes of hashes for %d pieces", len(m.Pieces), pieces)
		}
		if (m.HasV2 && len(m.Roots) != len(m.Files)) || (!m.HasV1 && !m.HasV2) {
			t.Errorf("%d roots for %d files", len(m.Roots), len(m.Files))
		}
		for _, file := range m.Files {
			if path := filepath.Join(file.Path...); file.Path[0] != m.Name || !filepath.IsLocal(path) ||
				strings.Count(path, "/") != len(file.Path)-1 {
				t.Errorf("path %q", file.Path)
			}
		}
		if (m.HasV1 && m.InfoHash != sha1.Sum(m.InfoBytes)) || !strings.Contains(string(data), string(m.InfoBytes)) {
			t.Errorf("info-hash %x of %q", m.InfoHash, m.InfoBytes)
		}
		if m.HasV1 && len(m.Files) == 1 && len(m.Files[0].Path) == 1 {
			rebuild(t, m)
		}
	})
}

// rebuild checks that what was read from a torrent of one file can be built, and is read again.
func rebuild(t *testing.T, m *metafile.Metafile) {
	t.Helper()
	data, err := metafile.Build(metafile.Recipe{
		Name: m.Name, Length: m.Length(), PieceLength: m.PieceLength, Pieces: m.Pieces, Tiers: m.Tiers, Webseeds: m.Webseeds,
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := metafile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.Tiers, again.Tiers); diff != "" {
		t.Errorf("tiers -was +is:\n%s", diff)
	}
}
