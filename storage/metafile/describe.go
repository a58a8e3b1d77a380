package metafile

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Description is what a .torrent file says, for people to look at and for programs as JSON. Where Parse refuses a file
// that nobody should act on, Describe still says what is in it: texts are as they were found, which may be control
// characters and no UTF-8, and paths may lead anywhere.
//
// The keys of its JSON are stable: more may come, none is renamed. Lengths are bytes, hashes are lower-case hex.
type Description struct {
	Name            string          `json:"name"`
	Version         string          `json:"version"` // "v1", "v2" (BEP 52) or "hybrid", which is both
	InfoHashV1      string          `json:"info_hash_v1,omitempty"`
	InfoHashV2      string          `json:"info_hash_v2,omitempty"`
	Length          int64           `json:"length"`  // of all files, without padding
	Padding         int64           `json:"padding"` // of all padding files (BEP 47)
	PieceLength     int64           `json:"piece_length"`
	Pieces          int64           `json:"pieces"` // their number
	Files           []DescribedFile `json:"files"`  // in the order of the torrent
	Tiers           [][]string      `json:"tiers"`  // tracker URLs (BEP 12)
	Announce        string          `json:"announce,omitempty"`
	Webseeds        []string        `json:"webseeds"`            // BEP 19
	HTTPSeeds       []string        `json:"httpseeds,omitempty"` // BEP 17
	Nodes           []string        `json:"nodes,omitempty"`     // of the DHT, HOST:PORT (BEP 5)
	Private         bool            `json:"private"`             // BEP 27
	Source          string          `json:"source,omitempty"`
	Comment         string          `json:"comment,omitempty"`
	CreatedBy       string          `json:"created_by,omitempty"`
	Created         *time.Time      `json:"created,omitempty"`
	UnknownKeys     []string        `json:"unknown_keys,omitempty"` // beside the info dictionary
	UnknownInfoKeys []string        `json:"unknown_info_keys,omitempty"`
	Magnet          string          `json:"magnet"`
	Odd             []Lint          `json:"odd"` // what is wrong or unusual, the worst first
}

// DescribedFile is one file of a Description.
type DescribedFile struct {
	Path       string `json:"path"` // from the torrent's directory on; of a single file its name
	Length     int64  `json:"length"`
	Padding    bool   `json:"padding,omitempty"`     // BEP 47
	Link       string `json:"link,omitempty"`        // where a symbolic link leads to (BEP 47)
	PiecesRoot string `json:"pieces_root,omitempty"` // BEP 52
}

// LoadDescription describes the .torrent file at path. The error names the file and, where there is one, the offset.
func LoadDescription(path string) (Description, error) {
	data, err := read(path)
	if err != nil {
		return Description{}, fmt.Errorf("read torrent: %w", err)
	}
	d, err := Describe(data)
	if err != nil {
		return Description{}, fmt.Errorf("read torrent: %s: %w", path, err)
	}
	return d, nil
}

// Describe describes the contents of a .torrent file. An error means that they cannot be read at all, and says why and
// at which offset; everything else that is wrong is in Description.Odd.
func Describe(data []byte) (Description, error) {
	if len(data) > maxSize {
		return Description{}, tooLarge()
	}
	length, odd, err := survey(data)
	if err != nil {
		return Description{}, fmt.Errorf("not a torrent: %w", err)
	}
	value := bencoded(data[:length])
	outer, ok := value.members()
	if !ok {
		return Description{}, errors.New("not a torrent: not a dictionary")
	}
	raw := outer.get("info")
	if raw == nil {
		return Description{}, errors.New(`not a torrent: no key "info"`)
	}
	info, ok := raw.members()
	if !ok {
		return Description{}, errors.New(`not a torrent: key "info": not a dictionary`)
	}
	// None is an empty list in JSON, not null.
	d := Description{Odd: odd, Files: []DescribedFile{}, Tiers: [][]string{}, Webseeds: []string{}}
	if d.Odd == nil {
		d.Odd = []Lint{}
	}
	d.readInfo(info)
	d.readOuter(outer)
	d.hash(raw)
	d.Magnet = d.magnet()
	d.lint(value)
	return d, nil
}

// hash fills in the info-hashes of the versions that there are.
func (d *Description) hash(info []byte) {
	if d.Version != "v2" {
		sum := sha1.Sum(info)
		d.InfoHashV1 = hex.EncodeToString(sum[:])
	}
	if d.Version != "v1" {
		sum := sha256.Sum256(info)
		d.InfoHashV2 = hex.EncodeToString(sum[:])
	}
}
