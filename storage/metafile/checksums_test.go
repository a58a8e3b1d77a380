package metafile_test

import (
	"crypto"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func TestParseChecksums(t *testing.T) {
	t.Parallel()
	one, two, five := strings.Repeat("1a", 20), strings.Repeat("2b", 32), strings.Repeat("5c", 64)
	for name, test := range map[string]struct {
		text string
		want []metafile.Checksum
	}{
		"GNU":       {two + "  a.iso\n" + two + " *b c.iso\n", []metafile.Checksum{sha256Sum(two, "a.iso"), sha256Sum(two, "b c.iso")}},
		"BSD":       {"SHA256 (a.iso) = " + two + "\nSHA1 (a.iso) = " + one, []metafile.Checksum{sha256Sum(two, "a.iso"), sum(crypto.SHA1, one, "a.iso")}},
		"Dashes":    {"SHA2-512 (a) = " + five + "\nSHA-512 (a (1)) = " + five, []metafile.Checksum{sum(crypto.SHA512, five, "a (1)")}},
		"Sole":      {strings.ToUpper(two) + "\n", []metafile.Checksum{sha256Sum(two, "sole.iso")}},
		"ByLength":  {one + "  a\r\n" + five + "\tb\n", []metafile.Checksum{sum(crypto.SHA1, one, "a"), sum(crypto.SHA512, five, "b")}},
		"Signature": {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# a.iso: 5 bytes\n" + two + "  ./a.iso\n-----END", []metafile.Checksum{sha256Sum(two, "./a.iso")}},
		"MD5":       {strings.Repeat("aa", 16) + "  a.iso\n", nil},
		"WrongSize": {"SHA256 (a.iso) = " + one, nil},
		"Nothing":   {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, metafile.ParseChecksums([]byte(test.text), "sole.iso")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func sha256Sum(digits, name string) metafile.Checksum { return sum(crypto.SHA256, digits, name) }

func sum(algorithm crypto.Hash, digits, name string) metafile.Checksum {
	bytes, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return metafile.Checksum{Name: name, Algorithm: algorithm, Sum: bytes}
}

func TestNamesChecksums(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"SHA256SUMS": true, "SHA512SUMS": true, "sha1sum.txt": true, "sha256sums.txt": true, "a.iso.sha256": true,
		"a.iso.sha512sum": true, "Fedora-Server-40-1.14-x86_64-CHECKSUM": true, "CHECKSUM": true,
		"SHA256SUMS.gpg": false, "SHA256SUMS.sign": false, "MD5SUMS": false, "a.iso": false, ".sha256": false, "a-checksum.c": false,
	} {
		if got := metafile.NamesChecksums(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestLoadChecksums(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("2b", 32)
	path := filepath.Join(t.TempDir(), "a.iso.sha256")
	if err := os.WriteFile(path, []byte(digits), 0o600); err != nil {
		t.Fatal(err)
	}
	sums, err := metafile.LoadChecksums(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]metafile.Checksum{sha256Sum(digits, "a.iso")}, sums); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := metafile.LoadChecksums(filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), filepath.Dir(path)) {
		t.Errorf("a directory: error is %v", err)
	}
}

// However a line looks, what is found has the length of its algorithm.
func FuzzParseChecksums(f *testing.F) {
	f.Add([]byte("SHA256 (a) = " + strings.Repeat("2b", 32)))
	f.Add([]byte(strings.Repeat("1a", 20) + " *a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, sum := range metafile.ParseChecksums(data, "sole") {
			if len(sum.Sum) != sum.Algorithm.Size() || sum.Name == "" {
				t.Errorf("%q has %+v", data, sum)
			}
		}
	})
}
