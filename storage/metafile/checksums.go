package metafile

import (
	"crypto"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// Checksum is the sum of a whole file, as makers of releases publish it beside the data.
type Checksum struct {
	Name      string      // path of the file, relative to that of the checksum file
	Algorithm crypto.Hash // crypto.SHA1, crypto.SHA256 or crypto.SHA512
	Sum       []byte
}

// checksumName matches the names of checksum files: SHA256SUMS, sha256sums.txt, a.iso.sha256, Fedora-40-CHECKSUM.
var checksumName = regexp.MustCompile(`(?i)^(sha(1|256|512)sums?(\.txt)?|.+\.sha(1|256|512)(sums?)?|(.+-)?checksum)$`)

// NamesChecksums says whether a file with this name holds checksums of others.
func NamesChecksums(name string) bool { return checksumName.MatchString(name) }

// LoadChecksums reads the checksum file at path. A sum without a name is of the file that the checksum file is named
// after: a.iso for a.iso.sha256.
func LoadChecksums(path string) ([]Checksum, error) {
	data, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read checksums: %w", err)
	}
	base := filepath.Base(path)
	return ParseChecksums(data, strings.TrimSuffix(base, filepath.Ext(base))), nil
}

// The two forms of a line, that of sha256sum from GNU, with a star before the name of a file read as binary, and that of
// BSD's sha256 and of Fedora.
var (
	gnuLine = regexp.MustCompile(`^([0-9a-fA-F]+)(?: [ *]|\s+)(.+)$`)
	bsdLine = regexp.MustCompile(`^([A-Za-z0-9-]+) ?\((.+)\) ?= ?([0-9a-fA-F]+)$`)
)

// ParseChecksums returns the checksums in the contents of a checksum file. Sole is the name of the file that a sum
// without a name is of. A line that holds no checksum, such as those of a signature, says nothing; one of an algorithm
// that is not known here neither.
func ParseChecksums(data []byte, sole string) []Checksum {
	var sums []Checksum
	for line := range strings.Lines(string(data)) {
		if sum, ok := parseChecksum(strings.TrimRight(line, "\r\n\t "), sole); ok {
			sums = append(sums, sum)
		}
	}
	return sums
}

// parseChecksum reads one line.
func parseChecksum(line, sole string) (Checksum, bool) {
	if parts := bsdLine.FindStringSubmatch(line); parts != nil {
		return newChecksum(parts[2], parts[3], parts[1])
	}
	if parts := gnuLine.FindStringSubmatch(line); parts != nil {
		return newChecksum(parts[2], parts[1], "")
	}
	return newChecksum(sole, line, "")
}

// newChecksum returns the checksum of a sum in hexadecimal digits. Without a label, the length tells the algorithm.
func newChecksum(name, digits, label string) (Checksum, bool) {
	sum, err := hex.DecodeString(digits)
	if err != nil {
		return Checksum{}, false
	}
	for _, algorithm := range [...]crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512} {
		named := strings.ReplaceAll(algorithm.String(), "-", "")
		if algorithm.Size() == len(sum) && (label == "" || strings.EqualFold(strings.ReplaceAll(label, "-", ""), named)) {
			return Checksum{Name: name, Algorithm: algorithm, Sum: sum}, true
		}
	}
	return Checksum{}, false
}
