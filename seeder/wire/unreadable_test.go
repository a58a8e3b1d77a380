package wire_test

import (
	"errors"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// unreadable is a torrent of which there is nothing but the info-hash.
type unreadable struct{ wire.Torrents }

var errUnreadable = errors.New("no such file")

func (unreadable) Open(wire.InfoHash) (*wire.Torrent, error) { return nil, errUnreadable }

func TestConn_TorrentThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{}, func(config *wire.Config) { config.Torrents = unreadable{config.Torrents} })
	peer, conn := connect(t, e, family.V6)
	if _, err := peer.Write(handshake(ours)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, errUnreadable) {
		t.Errorf("read error %v, want %v", err, errUnreadable)
	}
	assertEnded(t, e, family.V6, wire.ReasonUnreadable)
}
