package library_test

import (
	"crypto/sha1"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/storage/metafile"
)

// random returns data that depend on the seed alone.
func random(seed uint64, length int) []byte {
	data := make([]byte, length)
	source := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = source.Read(data)
	return data
}

const pieceLength = 16 << 10

// single returns a .torrent of one file, such as others make them, and its info-hash.
func single(t *testing.T, name string, data []byte) (torrent []byte, infoHash [20]byte) {
	t.Helper()
	torrent, err := metafile.Build(metafile.Recipe{
		Name: name, Length: int64(len(data)), PieceLength: pieceLength, Pieces: hashes(data), CreatedBy: "mktorrent 1.1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return torrent, infoHashOf(t, torrent)
}

// multi returns a .torrent of a folder. The files come in pairs of path and data.
func multi(t *testing.T, name string, files ...part) []byte {
	t.Helper()
	var all []byte
	var list []any
	for _, f := range files {
		all = append(all, f.data...)
		list = append(list, map[string]any{"path": f.path, "length": len(f.data)})
	}
	torrent, err := bencode.Marshal(map[string]any{"info": map[string]any{
		"name": name, "files": list, "piece length": pieceLength, "pieces": hashes(all),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return torrent
}

// v2Only returns a .torrent of one small file in version 2 alone.
func v2Only(t *testing.T, name string) []byte {
	t.Helper()
	torrent, err := metafile.Build(metafile.Recipe{
		Name: name, Length: 5, PieceLength: pieceLength, Roots: [][32]byte{{1}}, CreatedBy: "a test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return torrent
}

// part is a file of a multi-file torrent.
type part struct {
	path []string
	data []byte
}

func hashes(data []byte) (pieces []byte) {
	for piece := range slices.Chunk(data, pieceLength) {
		sum := sha1.Sum(piece)
		pieces = append(pieces, sum[:]...)
	}
	return pieces
}

func infoHashOf(t *testing.T, torrent []byte) [20]byte {
	t.Helper()
	m, err := metafile.Parse(torrent)
	if err != nil {
		t.Fatal(err)
	}
	return m.InfoHash
}
