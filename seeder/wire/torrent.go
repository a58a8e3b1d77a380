package wire

import (
	"errors"
	"sync/atomic"
	"time"

	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
	"sixseed/storage/content"
)

// ErrUnknownTorrent says that a peer asks for a torrent that is not seeded here.
var ErrUnknownTorrent = errors.New("asks for a torrent that is not seeded here")

// Torrents is what an Endpoint must know of the torrents behind it.
type Torrents interface {
	// Open makes a torrent ready for one connection more, which calls Release on it when it ends. The error for one that
	// is not seeded here is ErrUnknownTorrent.
	Open(InfoHash) (*Torrent, error)
	// Keyed returns the torrent that an obfuscated handshake names by this key.
	Keyed(mse.Key) (InfoHash, bool)
}

// Torrent is what the connections of one torrent share.
type Torrent struct {
	InfoHash    InfoHash
	Data        *content.Data
	Length      int64 // bytes
	PieceLength int64 // bytes
	InfoLength  int   // of the info dictionary, in bytes

	// Changed is called whenever a connection finds out that the data have changed. It must not block.
	Changed func()

	users    atomic.Int64
	lastUsed atomic.Int64 // Unix time in nanoseconds
}

// Acquire counts a connection.
func (t *Torrent) Acquire() { t.users.Add(1) }

// Release says that a connection has ended at a time. It takes no lock: the client closes connections while it holds
// its own.
func (t *Torrent) Release(now time.Time) {
	t.lastUsed.Store(now.UnixNano())
	t.users.Add(-1)
}

// IdleSince returns when the last connection ended; ok is false while there are connections. The time is the zero one if
// there never was a connection.
func (t *Torrent) IdleSince() (since time.Time, ok bool) {
	if t.users.Load() > 0 {
		return time.Time{}, false
	}
	if last := t.lastUsed.Load(); last != 0 {
		return time.Unix(0, last), true
	}
	return time.Time{}, true
}

// Pieces is the number of pieces.
func (t *Torrent) Pieces() int { return int((t.Length-1)/t.PieceLength + 1) }

// offset returns where in the torrent a block begins, in bytes.
func (t *Torrent) offset(b message.Block) int64 { return int64(b.Piece)*t.PieceLength + int64(b.Begin) }

// pieceLength returns the length of one piece in bytes, the last of which may be shorter.
func (t *Torrent) pieceLength(index uint32) int64 {
	return min(t.PieceLength, t.Length-int64(index)*t.PieceLength)
}
