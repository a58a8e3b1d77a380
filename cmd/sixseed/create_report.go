package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"sixseed/storage/metafile"
	"sixseed/web/figures"
)

// creation is one torrent that was made, and with --json an element of the list that is printed.
type creation struct {
	Torrent     string `json:"torrent"` // path of the .torrent
	Path        string `json:"path"`    // of what it was made from
	Name        string `json:"name"`
	Bytes       int64  `json:"bytes"` // of all files, without padding
	Files       int    `json:"files"`
	PieceLength int64  `json:"piece_length"` // bytes
	Pieces      int64  `json:"pieces"`
	Version     string `json:"version"`                // v1, hybrid or v2
	InfoHash    string `json:"info_hash,omitempty"`    // of version 1, in hexadecimal digits
	InfoHashV2  string `json:"info_hash_v2,omitempty"` // of version 2, not truncated
	Checksums   int    `json:"checksums"`              // files that have the sum that a checksum file names
}

// newCreation returns what there is to say of the torrent that was read back from what was made.
func newCreation(path, target string, meta *metafile.Metafile, from *release, sums int) creation {
	made := creation{
		Torrent: target, Path: path, Name: meta.Name, Bytes: from.length(), Files: len(from.files),
		PieceLength: meta.PieceLength, Pieces: (meta.Length()-1)/meta.PieceLength + 1, Checksums: sums,
	}
	if meta.HasV1 {
		made.Version, made.InfoHash = string(versionOne), hex.EncodeToString(meta.InfoHash[:])
	}
	if meta.HasV2 {
		made.Version, made.InfoHashV2 = string(versionTwo), hex.EncodeToString(meta.InfoHashV2[:])
	}
	if meta.HasV1 && meta.HasV2 {
		made.Version = string(versionHybrid)
	}
	return made
}

// printCreation writes the line of one torrent.
func printCreation(out io.Writer, made creation) error {
	facts := []string{figures.Bytes(made.Bytes)}
	if made.Files > 1 {
		facts = append(facts, figures.Count(int64(made.Files))+" files")
	}
	facts = append(facts, fmt.Sprintf("%s of %s", count(int(made.Pieces), "piece"), binarySize(made.PieceLength)))
	if made.Checksums > 0 {
		facts = append(facts, count(made.Checksums, "checksum")+" right")
	}
	if made.InfoHash != "" {
		facts = append(facts, "info-hash "+made.InfoHash)
	}
	if made.InfoHashV2 != "" {
		facts = append(facts, "v2 info-hash "+made.InfoHashV2)
	}
	_, err := fmt.Fprintf(out, "%s: %s\n", printable(made.Torrent), strings.Join(facts, ", "))
	return err
}

// binarySize writes a piece length, which is a power of two, as people write it: "2 MiB".
func binarySize(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
