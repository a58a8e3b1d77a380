package ledger

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"sixseed/policy/family"
)

// TorrentSum is what one torrent has sent and received.
type TorrentSum struct {
	InfoHash string `json:"info_hash"` // 40 hex digits
	Name     string `json:"name"`
	Sum
}

// torrentSums returns what each torrent has in rows, which have at least one, most payload first.
func torrentSums(ctx context.Context, from querier, p Period, rows []Row) ([]TorrentSum, error) {
	var sums []TorrentSum
	err := query(ctx, from, func(scan scanner) error {
		var (
			infoHash []byte
			name     string
		)
		f, t, err := scanTraffic(scan, &infoHash, &name)
		if err != nil {
			return err
		}
		text := hex.EncodeToString(infoHash)
		if len(sums) == 0 || sums[len(sums)-1].InfoHash != text {
			sums = append(sums, TorrentSum{InfoHash: text, Name: name})
		}
		var pair family.Pair[Traffic]
		*pair.At(f) = t
		last := &sums[len(sums)-1]
		last.Sum = last.plus(pair)
		return nil
	}, `SELECT info_hash, name, family, sum(payload), sum(overhead), sum(received)
		FROM traffic_`+string(p)+` JOIN torrents ON torrents.id = torrent
		WHERE start BETWEEN ? AND ? GROUP BY torrent, family ORDER BY torrent`, rows[0].Start.Unix(), rows[len(rows)-1].Start.Unix())
	slices.SortFunc(sums, func(a, b TorrentSum) int {
		return cmp.Or(cmp.Compare(b.Total.Payload, a.Total.Payload), cmp.Compare(a.Name, b.Name), cmp.Compare(a.InfoHash, b.InfoHash))
	})
	return sums, err
}
