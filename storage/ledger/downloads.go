package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// Downloads returns how often each torrent was downloaded, by info-hash, for as long as the ledger exists.
func (l *Ledger) Downloads(ctx context.Context) (map[[20]byte]int64, error) {
	downloads := make(map[[20]byte]int64)
	err := query(ctx, l.db, func(scan scanner) error {
		var infoHash []byte
		var completed int64
		err := scan(&infoHash, &completed)
		if err == nil {
			downloads[[20]byte(infoHash)] = completed
		}
		return err
	}, "SELECT info_hash, completed FROM downloads")
	if err != nil {
		return nil, fmt.Errorf("read downloads from %s: %w", l.path, err)
	}
	return downloads, nil
}

// AddDownloads adds to how often torrents were downloaded, in one transaction. On an error none of it is counted.
func (l *Ledger) AddDownloads(ctx context.Context, completed map[[20]byte]int64) error {
	if len(completed) == 0 {
		return nil
	}
	err := l.write(ctx, func(tx *sql.Tx) error {
		statement, err := tx.PrepareContext(ctx, `
			INSERT INTO downloads (info_hash, completed) VALUES (?, ?)
			ON CONFLICT DO UPDATE SET completed = completed + excluded.completed`)
		if err != nil {
			return err
		}
		defer statement.Close() //nolint:errcheck // Commit tells whether all of it was done
		for infoHash, count := range completed {
			if _, err := statement.ExecContext(ctx, infoHash[:], count); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record downloads in %s: %w", l.path, err)
	}
	return nil
}
