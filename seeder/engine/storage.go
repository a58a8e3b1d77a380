package engine

import (
	"context"
	"errors"

	"github.com/anacrolix/generics"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"

	"sixseed/seeder/wire"
	"sixseed/storage/content"
)

// errReadOnly answers whatever would write to a library.
var errReadOnly = errors.New("library data are read-only")

// readOnly is the client's storage of one torrent: verified data that are there to be read.
//
// It has no reader of its own for the whole torrent (storage.TorrentImpl.NewReader): with one, the client panics on a
// request of no length at the end of the last piece.
type readOnly struct{ torrent *wire.Torrent }

// OpenTorrent is called under the client's lock and does no I/O.
func (s readOnly) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	open := func(p metainfo.Piece, _ generics.Option[[]byte]) storage.PieceImpl {
		return piece{readOnly: s, offset: int64(p.Index()) * s.torrent.PieceLength}
	}
	return storage.TorrentImpl{PieceWithHash: open, Close: func() error { return nil }}, nil
}

// piece is one piece of a torrent. All are complete, or the torrent would not be in the client.
type piece struct {
	readOnly
	offset int64 // in the torrent
}

func (p piece) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.torrent.Data.ReadAt(b, p.offset+off)
	if errors.Is(err, content.ErrChanged) {
		p.torrent.Changed()
	}
	return n, err
}

func (p piece) WriteAt([]byte, int64) (int, error) { return 0, errReadOnly }

func (p piece) MarkComplete() error { return nil }

func (p piece) MarkNotComplete() error { return nil }

func (p piece) Completion() storage.Completion { return storage.Completion{Ok: true, Complete: true} }

// noStorage is for torrents that bring none of their own: there are none.
type noStorage struct{}

func (noStorage) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{}, errReadOnly
}
