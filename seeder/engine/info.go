package engine

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"math"

	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/metainfo"

	"sixseed/seeder/wire"
)

// Faults of an info dictionary.
var (
	errMismatch = errors.New("info dictionary is not the one of this info-hash")
	errRefused  = errors.New("the client does not take its info dictionary")
)

// readInfo reads the info dictionary of a torrent and makes sure that it is this torrent's.
func readInfo(infoHash wire.InfoHash, read func() ([]byte, error)) ([]byte, error) {
	raw, err := read()
	if err != nil {
		return nil, fmt.Errorf("read info dictionary: %w", err)
	}
	if sha1.Sum(raw) != infoHash {
		return nil, errMismatch
	}
	return raw, nil
}

// shape is how a torrent is cut into pieces.
type shape struct {
	length, pieceLength int64 // bytes
}

// shapeOf reads the shape from an info dictionary. What the client would not take later is refused now.
func shapeOf(raw []byte) (shape, error) {
	var info metainfo.Info
	if err := bencode.Unmarshal(raw, &info); err != nil {
		return shape{}, fmt.Errorf("%w: %w", errRefused, err)
	}
	found := shape{length: info.Length, pieceLength: info.PieceLength}
	for _, file := range info.Files {
		if file.Length < 0 || file.Length > math.MaxInt64-found.length {
			return shape{}, fmt.Errorf("%w: a file has the length %d", errRefused, file.Length)
		}
		found.length += file.Length
	}
	if found.length < 1 || found.pieceLength < 1 {
		return shape{}, fmt.Errorf("%w: %d bytes in pieces of %d", errRefused, found.length, found.pieceLength)
	}
	if pieces := (found.length-1)/found.pieceLength + 1; int64(len(info.Pieces)) != pieces*sha1.Size {
		return shape{}, fmt.Errorf("%w: %d bytes of hashes for %d pieces", errRefused, len(info.Pieces), pieces)
	}
	return found, nil
}
