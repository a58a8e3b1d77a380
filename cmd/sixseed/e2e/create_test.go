package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/peers"
)

// made is what `sixseed create --json` says of one torrent.
type made struct {
	Torrent    string `json:"torrent"`
	Name       string `json:"name"`
	Bytes      int64  `json:"bytes"`
	InfoHash   string `json:"info_hash"`
	InfoHashV2 string `json:"info_hash_v2"`
}

// create makes a torrent with the program under test.
func create(t testing.TB, arguments ...string) made {
	t.Helper()
	output := runProgram(t, program, append([]string{"create", "--json"}, arguments...)...)
	var list []made
	if err := json.Unmarshal(output, &list); err != nil || len(list) != 1 {
		t.Fatalf("sixseed create: %v\n%s", err, output)
	}
	return list[0]
}

// runProgram runs a program to its end and returns its standard output.
func runProgram(t testing.TB, name string, arguments ...string) []byte {
	t.Helper()
	command := peers.Command(t.Context(), name, arguments...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(arguments, " "), err, output, &stderr)
	}
	return output
}

// makeData makes what the judges' torrents are made of, a file and a directory, whose order is not the same for every
// way to sort.
func makeData(t *testing.T) (image, tree string) {
	t.Helper()
	dir := t.TempDir()
	image, tree = filepath.Join(dir, "image.iso"), filepath.Join(dir, "release 1.0")
	for path, size := range map[string]int{
		image: 1<<20 + 17, tree + "/a/c": 40000, tree + "/a-b": 70001, tree + "/a.b": 1, tree + "/.hidden": 32768,
		tree + "/empty": 0, tree + "/z/deep/er": 200000, tree + "/Über": 3,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		text := bytes.Repeat([]byte(filepath.Base(path)+"\n"), size)[:size]
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return image, tree
}

// mktorrent, given the same, makes the same file but for its own name in it.
func TestCreate_LikeMktorrent(t *testing.T) {
	t.Parallel()
	peers.Need(t, "mktorrent")
	image, tree := makeData(t)
	for name, flags := range map[string][]string{
		"NoTracker": {},
		"Tracker":   {"-a", "http://a.example.org/announce"},
		"Tier":      {"-a", "http://a.example.org/,http://b.example.org/"},
		"Tiers":     {"-a", "http://a.example.org/,http://b.example.org/", "-a", "udp://c.example.org:6969"},
		"Webseeds":  {"-a", "http://a.example.org/", "-w", "http://m.example.org/iso/", "-w", "http://n.example.org/,http://o.example.org/"},
		"Private":   {"-a", "http://a.example.org/", "-p", "-c", "for people"},
	} {
		for _, data := range []string{image, tree} {
			t.Run(name+"/"+filepath.Base(data), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				flags := append([]string{"-d", "-l", "15"}, flags...)
				theirs := filepath.Join(dir, "theirs.torrent")
				runProgram(t, "mktorrent", append(flags, "-o", theirs, data)...)
				ours := create(t, append(flags, "-o", filepath.Join(dir, "ours.torrent"), data)...)
				if diff := cmp.Diff(withoutCreator(t, theirs), withoutCreator(t, ours.Torrent)); diff != "" {
					t.Errorf("-mktorrent +sixseed:\n%s", diff)
				}
			})
		}
	}
}

// withoutCreator returns a .torrent without the name of the program that made it.
func withoutCreator(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"10:created by13:mktorrent 1.1", "10:created by13:sixseed/0.1.0"} {
		data = bytes.Replace(data, []byte(text), nil, 1)
	}
	if bytes.Contains(data, []byte("created by")) {
		t.Fatalf("%s was made by another version: %q", path, data)
	}
	return string(data)
}

// Judges read the versions they know, of a file and of a directory, and find what we say.
//
// Debian's transmission-show is older than BEP 52: it takes no empty key, which every hybrid has. aria2 reads hybrids, but
// drops that key before it computes the info-hash. Both do the same with the hybrids that libtorrent makes.
func TestCreate_ReadByOthers(t *testing.T) {
	t.Parallel()
	image, tree := makeData(t)
	judges := map[string]struct {
		program  string
		versions []string
		read     func(t *testing.T, torrent made, version, data string)
	}{
		"transmission-show": {"transmission-show", []string{"v1"}, readByTransmission},
		"aria2":             {"aria2c", []string{"v1", "hybrid"}, readByAria2},
		"libtorrent":        {"python3-libtorrent", []string{"v1", "hybrid", "v2"}, readByLibtorrent},
	}
	for name, judge := range judges {
		for _, version := range judge.versions {
			for _, data := range []string{image, tree} {
				t.Run(name+"/"+version+"/"+filepath.Base(data), func(t *testing.T) {
					t.Parallel()
					peers.Need(t, judge.program)
					torrent := create(t, "--"+version, "-l", "15", "-a", "http://a.example.org/announce,http://b.example.org/announce",
						"-a", "http://c.example.org/announce", "-o", t.TempDir(), data)
					judge.read(t, torrent, version, data)
				})
			}
		}
	}
}

func readByTransmission(t *testing.T, torrent made, _, _ string) {
	t.Helper()
	output := string(runProgram(t, "transmission-show", torrent.Torrent))
	for _, want := range []string{
		"Name: " + torrent.Name + "\n", "Hash: " + torrent.InfoHash, "Tier #1\n  http://a.example.org/announce\n  http://b.example.org/announce\n",
		"Tier #2\n  http://c.example.org/announce\n",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("no %q in\n%s", want, output)
		}
	}
}

func readByAria2(t *testing.T, torrent made, version, data string) {
	t.Helper()
	output := string(runProgram(t, "aria2c", "--no-conf", "-S", torrent.Torrent))
	wanted := []string{
		"Name: " + torrent.Name + "\n", "\n http://a.example.org/announce http://b.example.org/announce\n http://c.example.org/announce\n",
	}
	if version == "v1" {
		wanted = append(wanted, "Info Hash: "+torrent.InfoHash)
	}
	mode := "Mode: multi\n"
	if filepath.Ext(data) == ".iso" {
		mode = "Mode: single\n"
	}
	for _, want := range append(wanted, mode) {
		if !strings.Contains(output, want) {
			t.Errorf("no %q in\n%s", want, output)
		}
	}
}

// libtorrentReads prints what libtorrent finds in a .torrent, after it has found the data whole by it.
const libtorrentReads = `
import json, sys, time
import libtorrent as lt
info = lt.torrent_info(sys.argv[1])
session = lt.session({"listen_interfaces": "", "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False})
handle = session.add_torrent({"ti": info, "save_path": sys.argv[2], "flags": lt.torrent_flags.upload_mode})
deadline = time.monotonic() + 30
while not handle.status().is_seeding:
    if time.monotonic() > deadline:
        sys.exit("libtorrent does not find the data whole: %s" % handle.status().progress)
    time.sleep(0.02)
hashes = info.info_hashes()
files = info.files()
print(json.dumps({
    "torrent": sys.argv[1],
    "name": info.name(),
    "bytes": sum(files.file_size(i) for i in range(files.num_files()) if not files.file_flags(i) & lt.file_flags_t.flag_pad_file),
    "info_hash": str(hashes.v1) if hashes.has_v1() else "",
    "info_hash_v2": str(hashes.v2) if hashes.has_v2() else "",
}))
`

func readByLibtorrent(t *testing.T, torrent made, _, data string) {
	t.Helper()
	output := runProgram(t, "/usr/bin/python3", "-W", "ignore", "-c", libtorrentReads, torrent.Torrent, filepath.Dir(data))
	var got made
	if err := json.Unmarshal(output, &got); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if diff := cmp.Diff(torrent, got); diff != "" {
		t.Errorf("-sixseed +libtorrent:\n%s", diff)
	}
}

// measured runs its arguments and writes the KiB of memory that they used at most to standard error.
const measured = `
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
`

// create keeps its memory far below the limit, however large the pieces are.
func TestCreate_Memory(t *testing.T) {
	t.Parallel()
	peers.Need(t, "python3-libtorrent")
	const limit = 200 << 20
	image := filepath.Join(t.TempDir(), "image.iso")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 1<<30); err != nil {
		t.Fatal(err)
	}
	// The memory of who starts a program counts as the program's, and that of these tests is large.
	command := peers.Command(t.Context(), "/usr/bin/python3", "-c", measured,
		program, "create", "--json", "--hybrid", "-l", "24", "-o", t.TempDir(), image)
	var printed strings.Builder
	command.Stderr = &printed
	output, err := command.Output()
	if err != nil || !json.Valid(output) {
		t.Fatalf("%v: %s%s", err, output, &printed)
	}
	used, err := strconv.Atoi(strings.TrimSpace(printed.String()))
	if err != nil {
		t.Fatal(err)
	}
	if used<<10 > limit {
		t.Errorf("%d MiB of memory were used", used>>10)
	}
}
