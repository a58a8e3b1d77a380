package seeding_test

import (
	"context"
	"fmt"
	"strconv"

	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

// seedWithAnacrolix seeds with anacrolix's Client as it comes, but for its limit of 50 connections and for what would
// reach out for other peers.
func seedWithAnacrolix(ctx context.Context, port, path, dir string) error {
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	config := torrent.NewDefaultClientConfig()
	config.Seed, config.ListenPort = true, number
	config.DisableUTP = true // is not part of this build
	config.EstablishedConnsPerTorrent = 10000
	config.NoDHT, config.DisableTrackers, config.DisablePEX, config.NoDefaultPortForwarding = true, true, true, true
	config.DefaultStorage = storage.NewFileWithCompletion(dir, believed{storage.NewMapPieceCompletion()})
	client, err := torrent.NewClient(config)
	if err != nil {
		return fmt.Errorf("start anacrolix's client: %w", err)
	}
	defer func() { _ = client.Close() }()
	if _, err := client.AddTorrentFromFile(path); err != nil {
		return fmt.Errorf("add torrent: %w", err)
	}
	<-ctx.Done()
	return nil
}

// believed takes all pieces for complete without having them verified. The Client would hang up on whoever asks for one
// that it has not come to yet.
type believed struct{ storage.PieceCompletion }

func (believed) Get(metainfo.PieceKey) (storage.Completion, error) {
	return storage.Completion{Complete: true, Ok: true}, nil
}
