package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/peers"
)

// editReaders are programs of other makes that print a .torrent. They compute the info-hash on their own.
var editReaders = []struct {
	program string // as peers.Need knows it
	command []string
	// fileTrees says that it knows the file trees of BEP 52. The others, as Debian 12 has them, take no empty key: to
	// transmission it is an error, and aria2 takes the hash of something else.
	fileTrees bool
}{
	{"transmission-show", []string{"transmission-show"}, false},
	{"aria2c", []string{"aria2c", "--no-conf", "-S"}, false},
	{"python3-libtorrent", []string{"/usr/bin/python3", "-c", readWithLibtorrent}, true},
}

const readWithLibtorrent = `
import libtorrent, sys
info = libtorrent.torrent_info(sys.argv[1])
for hash in (info.info_hashes().v1, info.info_hashes().v2):
    if not hash.is_all_zeros():
        print("Hash:", hash)
for tracker in sorted(info.trackers(), key=lambda tracker: tracker.tier):
    print(" " + tracker.url)
`

var (
	printedHash    = regexp.MustCompile(`(?m)[Hh]ash.*: ([0-9a-f]{40,64})$`)
	printedTracker = regexp.MustCompile(`(?m)^ +((?:https?|udp)://\S+)$`)
)

// editShape is a .torrent in one of the shapes that are found in the wild.
type editShape struct {
	outer    string // with %s where the info dictionary is
	info     string
	trackers []string
	fileTree bool // as in hybrids and torrents of version 2
	// rehashed: the info dictionary is not sorted, and there are programs that take the hash of what they would have
	// written. They have to agree with themselves.
	rehashed bool
}

const (
	editTracker = "http://a.example.org/announce"
	newTracker  = "http://ipv6.example.org:6969/announce"
	plainInfo   = "d6:lengthi1e4:name5:a.iso12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhe"
	editTree    = "9:file treed5:a.isod0:d6:lengthi1e11:pieces root32:rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrreee"
)

var editShapes = map[string]editShape{
	"Announce": {outer: "d8:announce29:" + editTracker + "9:httpseedsl20:http://m.example.orge4:info%se", info: plainInfo, trackers: []string{editTracker}},
	"ListOnly": {outer: "d13:announce-listll29:" + editTracker + "el10:udp://b:80ee4:info%s8:url-listl8:ftp://w/ee", info: plainInfo, trackers: []string{editTracker, "udp://b:80"}},
	"Nodes":    {outer: "d4:info%s5:nodesll10:192.0.2.53i6881eee8:url-list8:ftp://w/e", info: plainInfo},
	"UnsortedInfo": {
		outer: "d8:announce29:" + editTracker + "4:info%se", trackers: []string{editTracker}, rehashed: true,
		info: "d6:pieces20:hhhhhhhhhhhhhhhhhhhh4:name5:a.iso1:xi1e12:piece lengthi16384e6:lengthi1ee",
	},
	"Padding": {
		outer: "d8:announce29:" + editTracker + "4:info%se", trackers: []string{editTracker},
		info: "d5:filesld6:lengthi1e4:pathl5:a.isoeed4:attr1:p6:lengthi16383e4:pathl4:.pad5:16383eed6:lengthi1e4:pathl5:b.isoeee" +
			"4:name1:r12:piece lengthi16384e6:pieces40:hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhe",
	},
	"Hybrid": {
		outer: "d8:announce29:" + editTracker + "4:info%s12:piece layersdee", trackers: []string{editTracker}, fileTree: true,
		info: "d" + editTree + "6:lengthi1e12:meta versioni2e4:name5:a.iso12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhe",
	},
	"V2": {
		outer: "d8:announce29:" + editTracker + "4:info%s12:piece layersdee", trackers: []string{editTracker}, fileTree: true,
		info: "d" + editTree + "12:meta versioni2e4:name5:a.iso12:piece lengthi16384ee",
	},
}

// TestEdit_IsReadByOthers adds a tracker, and has other programs read the .torrent before and after.
func TestEdit_IsReadByOthers(t *testing.T) {
	t.Parallel()
	for shapeName, shape := range editShapes {
		for _, reader := range editReaders {
			if shape.fileTree && !reader.fileTrees {
				continue
			}
			t.Run(shapeName+"/"+reader.program, func(t *testing.T) {
				t.Parallel()
				peers.Need(t, reader.program)
				path := filepath.Join(t.TempDir(), "a.torrent")
				if err := os.WriteFile(path, fmt.Appendf(nil, shape.outer, shape.info), 0o600); err != nil {
					t.Fatal(err)
				}
				before, trackers := readTorrent(t, reader.command, path)
				if diff := cmp.Diff(shape.trackers, trackers); diff != "" {
					t.Errorf("before the edit: -want +got:\n%s", diff)
				}
				told := output(t, program, "edit", "--add-tracker", newTracker, path)
				after, trackers := readTorrent(t, reader.command, path)
				if diff := cmp.Diff(append([]string{newTracker}, shape.trackers...), trackers); diff != "" {
					t.Errorf("after the edit: -want +got:\n%s", diff)
				}
				if diff := cmp.Diff(before, after); diff != "" || len(before) == 0 {
					t.Errorf("info-hashes before and after:\n%s", diff)
				}
				for _, hash := range after {
					if !shape.rehashed && !strings.Contains(told, hash) {
						t.Errorf("info-hash %s, the edit told %q", hash, told)
					}
				}
			})
		}
	}
}

// readTorrent has a program print a .torrent, and returns the info-hashes and trackers it finds there.
func readTorrent(t *testing.T, command []string, path string) (hashes, trackers []string) {
	t.Helper()
	text := output(t, command[0], append(slices.Clone(command[1:]), path)...)
	for _, match := range printedHash.FindAllStringSubmatch(text, -1) {
		hashes = append(hashes, match[1])
	}
	_, text, _ = strings.Cut(text, "\n") // the first line may name the file
	if found := strings.Index(text, "\nFILES\n"); found >= 0 {
		text = text[:found]
	}
	for _, match := range printedTracker.FindAllStringSubmatch(text, -1) {
		trackers = append(trackers, match[1])
	}
	return hashes, trackers
}
