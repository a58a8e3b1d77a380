package main

import (
	"crypto"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// claim is what checksum files beside the data say of one file.
type claim struct {
	path      string // of the file
	start     int64  // where in the torrent it begins, in bytes
	algorithm crypto.Hash
	said      []saying // by the same algorithm
}

// saying is the sum that one checksum file names.
type saying struct {
	by  string // path of the checksum file
	sum []byte
}

// preferred are the algorithms to compare by, best first: SHA-256 is the fastest on today's processors. One is enough.
var preferred = [...]crypto.Hash{crypto.SHA256, crypto.SHA512, crypto.SHA1}

// claimsFor reads the checksum files in every directory that has files of the release, and in the one that the release is
// in. The claims are in the order of the torrent.
func claimsFor(from *release, layout content.Layout) ([]claim, error) {
	said := map[string]map[crypto.Hash][]saying{}
	for _, folder := range foldersOf(from) {
		lists, err := checksumFiles(folder)
		if err != nil {
			return nil, err
		}
		for _, list := range lists {
			if err := readSayings(list, said); err != nil {
				return nil, err
			}
		}
	}
	var claims []claim
	var start int64
	for _, file := range layout.Files() {
		for _, algorithm := range preferred {
			if sayings := said[file.Path][algorithm]; !file.Padding && len(sayings) > 0 {
				claims = append(claims, claim{path: file.Path, start: start, algorithm: algorithm, said: sayings})
				break
			}
		}
		start += file.Length
	}
	return claims, nil
}

// foldersOf returns where checksum files may be.
func foldersOf(from *release) []string {
	folders := map[string]bool{filepath.Dir(from.path): true}
	for _, file := range from.files {
		folders[filepath.Dir(file.path)] = true
	}
	return slices.Sorted(maps.Keys(folders))
}

// checksumFiles returns the paths of the checksum files in folder.
func checksumFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look for checksum files (--no-checksums leaves that out): %w", err)
	}
	var paths []string
	for _, entry := range entries {
		if metafile.NamesChecksums(entry.Name()) && !entry.IsDir() {
			paths = append(paths, filepath.Join(folder, entry.Name()))
		}
	}
	return paths, nil
}

// readSayings adds what the checksum file at path says, by path of the file it says it of.
func readSayings(path string, said map[string]map[crypto.Hash][]saying) error {
	sums, err := metafile.LoadChecksums(path)
	if err != nil {
		return fmt.Errorf("%w (--no-checksums leaves checksum files out)", err)
	}
	for _, sum := range sums {
		file := filepath.Join(filepath.Dir(path), sum.Name)
		if said[file] == nil {
			said[file] = map[crypto.Hash][]saying{}
		}
		said[file][sum.Algorithm] = append(said[file][sum.Algorithm], saying{by: path, sum: sum.Sum})
	}
	return nil
}
