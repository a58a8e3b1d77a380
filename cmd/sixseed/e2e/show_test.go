package e2e_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/peers"
)

// torrentFacts is what every reader of a .torrent says of it. What a reader does not say is left out.
type torrentFacts struct {
	Name        string     `json:"name"`
	InfoHashV1  string     `json:"info_hash_v1"`
	InfoHashV2  string     `json:"info_hash_v2"`
	Length      int64      `json:"length"` // bytes
	Padding     int64      `json:"padding"`
	PieceLength int64      `json:"piece_length"`
	Pieces      int64      `json:"pieces"`
	Tiers       [][]string `json:"tiers"`
	Webseeds    []string   `json:"webseeds"`
	Private     bool       `json:"private"`
	Comment     string     `json:"comment"`
}

// tieredWebseeded are flags that create and mktorrent have in common.
var tieredWebseeded = []string{
	"-d", "-l", "15", "-c", "a comment",
	"-a", "http://a.example.org/announce,udp://b.example.org:6969", "-a", "http://[2001:db8::1]:6969/announce", "-w", "https://m.example.org/",
}

// TestShow_OthersAgree has .torrent files of ours and of mktorrent read by others.
func TestShow_OthersAgree(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"mktorrent", "transmission-show", "aria2c", "python3-libtorrent"} {
		peers.Need(t, program)
	}
	dir := t.TempDir()
	single, several := filepath.Join(dir, "a.iso"), filepath.Join(dir, "release 1.0")
	for path, size := range map[string]int{
		single: 100_000, filepath.Join(several, "sub", "b.iso"): 70_001, filepath.Join(several, "a.iso"): 32_768,
		filepath.Join(several, "README"): 0, filepath.Join(several, "zz"): 5,
	} {
		writeBytes(t, path, size)
	}
	for name, test := range map[string]struct {
		maker   string
		flags   []string
		readers []reader
	}{
		"V1":      {program, nil, []reader{transmissionShow, aria2Show, libtorrentShow}},
		"Private": {program, []string{"-p", "-s", "source"}, []reader{transmissionShow, aria2Show, libtorrentShow}},
		// Debian's transmission is older than BEP 52 and reads no hybrid, libtorrent's neither: it takes no empty key.
		"Hybrid":    {program, []string{"--hybrid"}, []reader{aria2ShowHybrid, libtorrentShow}},
		"V2":        {program, []string{"--v2"}, []reader{libtorrentShow}}, // and aria2 knows nothing of version 2
		"Mktorrent": {"mktorrent", nil, []reader{transmissionShow, aria2Show, libtorrentShow}},
	} {
		for _, data := range []string{single, several} {
			t.Run(name+"/"+filepath.Base(data), func(t *testing.T) {
				t.Parallel()
				torrent := filepath.Join(t.TempDir(), "made.torrent")
				arguments := append([]string{"-o", torrent}, append(test.flags, tieredWebseeded...)...)
				if test.maker == program {
					arguments = append([]string{"create"}, arguments...)
				}
				output(t, test.maker, append(arguments, data)...)
				ours := sixseedShow(t, torrent)
				for _, read := range test.readers {
					theirs, name := read(t, torrent, ours)
					if diff := cmp.Diff(theirs, ours); diff != "" {
						t.Errorf("-%s +sixseed:\n%s", name, diff)
					}
				}
				verifyWhole(t, torrent, data)
			})
		}
	}
}

// verifyWhole checks that the data are found whole, and damaged data not.
func verifyWhole(t *testing.T, torrent, data string) {
	t.Helper()
	if text := output(t, program, "verify", torrent, data); !strings.Contains(text, " is whole: ") {
		t.Errorf("verify printed %q", text)
	}
	if err := peers.Command(t.Context(), program, "verify", torrent, program).Run(); err == nil {
		t.Error("verify takes a program for the data")
	}
}

// writeBytes writes a file of bytes that no other size begins with.
func writeBytes(t *testing.T, path string, size int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte(strconv.Itoa(size)+" "), size)[:size]
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// output runs a program and returns what it prints.
func output(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	printed, err := peers.Command(t.Context(), program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, arguments, err, printed)
	}
	return string(printed)
}

// sixseedShow is what we say.
func sixseedShow(t *testing.T, torrent string) torrentFacts {
	t.Helper()
	var all []torrentFacts
	if err := json.Unmarshal([]byte(output(t, program, "show", "--json", torrent)), &all); err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// reader asks another program about a .torrent. What the program does not say is taken from ours.
type reader func(t *testing.T, torrent string, ours torrentFacts) (theirs torrentFacts, name string)

// transmissionShow is transmission's command line.
func transmissionShow(t *testing.T, torrent string, ours torrentFacts) (torrentFacts, string) {
	t.Helper()
	printed := output(t, "transmission-show", torrent)
	theirs := ours
	theirs.Name = find(t, printed, `(?m)^  Name: (.*)$`)
	theirs.InfoHashV1 = find(t, printed, `(?m)^  Hash: (.*)$`)
	theirs.Pieces = number(t, find(t, printed, `(?m)^  Piece Count: (.*)$`))
	theirs.Private = find(t, printed, `(?m)^  Privacy: (\w+) torrent$`) == "Private"
	theirs.Comment = find(t, printed, `(?m)^  Comment: (.*)$`)
	theirs.Tiers = nil
	for _, block := range regexp.MustCompile(`(?m)^  Tier #\d+\n((?:  \S+\n)+)`).FindAllStringSubmatch(printed, -1) {
		theirs.Tiers = append(theirs.Tiers, strings.Fields(block[1]))
	}
	return theirs, "transmission"
}

// aria2Show is `aria2c -S`.
func aria2Show(t *testing.T, torrent string, ours torrentFacts) (torrentFacts, string) {
	t.Helper()
	printed := output(t, "aria2c", "-S", torrent)
	theirs := ours
	theirs.Name = find(t, printed, `(?m)^Name: (.*)$`)
	theirs.InfoHashV1 = find(t, printed, `(?m)^Info Hash: (.*)$`)
	theirs.Pieces = number(t, find(t, printed, `(?m)^The Number of Pieces: (.*)$`))
	theirs.Length = number(t, strings.ReplaceAll(find(t, printed, `(?m)^Total Length: .*\((.*)\)$`), ",", "")) - ours.Padding // to aria2 padding is files
	theirs.PieceLength = number(t, find(t, printed, `(?m)^Piece Length: (\d+)KiB$`)) << 10
	theirs.Tiers = nil
	for line := range strings.Lines(find(t, printed, `(?m)^Announce:\n((?: .*\n)+)`)) {
		theirs.Tiers = append(theirs.Tiers, strings.Fields(line))
	}
	return theirs, "aria2"
}

// aria2ShowHybrid is aria2Show without the info-hash: aria2 drops the empty keys of a file tree and hashes what is left,
// so it has another one than libtorrent for libtorrent's hybrids too.
func aria2ShowHybrid(t *testing.T, torrent string, ours torrentFacts) (torrentFacts, string) {
	t.Helper()
	theirs, name := aria2Show(t, torrent, ours)
	theirs.InfoHashV1 = ours.InfoHashV1
	return theirs, name
}

//go:embed torrent_info.py
var torrentInfoScript string

// libtorrentShow is libtorrent's torrent_info.
func libtorrentShow(t *testing.T, torrent string, ours torrentFacts) (torrentFacts, string) {
	t.Helper()
	theirs := torrentFacts{Padding: ours.Padding} // it fills up the last piece of version 2 too
	if err := json.Unmarshal([]byte(output(t, "/usr/bin/python3", "-c", torrentInfoScript, torrent)), &theirs); err != nil {
		t.Fatal(err)
	}
	return theirs, "libtorrent"
}

func find(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in\n%s", pattern, text)
	}
	return found[1]
}

func number(t *testing.T, digits string) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscan(digits, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
