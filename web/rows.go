package web

import (
	"fmt"
	"strconv"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// torrentRow is one torrent of the table.
type torrentRow struct {
	Name, InfoHash string
	Size           string
	State          string // the word that its mark is chosen by
	StateFigure    figure
	Problem        string
	Families       []torrentFamily // the preferred one first
}

// torrentFamily is one family's columns of a torrent.
type torrentFamily struct {
	Family, Name      string
	Peers, Rate, Sent figure
}

// torrent puts one torrent into words.
func (v *view) torrent(status seeder.TorrentStatus) torrentRow {
	row := torrentRow{
		Name:        status.Name,
		InfoHash:    status.InfoHash,
		Size:        figures.Bytes(status.Size),
		State:       status.State,
		StateFigure: v.figure(status.InfoHash+"-state", stateInWords(status)),
		Problem:     status.Problem,
	}
	for _, f := range family.All {
		key := status.InfoHash + "-" + f.String()
		row.Families = append(row.Families, torrentFamily{
			Family: f.String(),
			Name:   figures.Family(f),
			Peers:  v.figure(key+"-peers", figures.Count(int64(status.Peers.Get(f)))),
			Rate:   v.figure(key+"-rate", rateOrDash(status.Rate.Get(f))),
			Sent:   v.figure(key+"-sent", figures.Bytes(status.Total.Get(f).Payload)),
		})
	}
	return row
}

// stateInWords returns the state, and how far it got if it takes long.
func stateInWords(status seeder.TorrentStatus) string {
	if status.State == "verifying" {
		return "verifying " + figures.Share(status.Checked)
	}
	return status.State
}

// rateOrDash keeps the table calm: most torrents send nothing at most times.
func rateOrDash(rate int64) string {
	if rate == 0 {
		return "–"
	}
	return figures.Rate(rate)
}

// trackerRow is one tracker of the table.
type trackerRow struct {
	URL   string
	sides family.Pair[trackerFamily]
}

// trackerFamily is how announces fare over one family. Working is empty if the tracker is not used over it.
type trackerFamily struct {
	Family, Name string
	Working      figure
	Error        string
}

// Families returns the columns, the preferred family first.
func (r trackerRow) Families() []trackerFamily {
	var columns []trackerFamily
	for _, f := range family.All {
		columns = append(columns, r.sides.Get(f))
	}
	return columns
}

// trackers joins the families of each tracker into one row; rows stay in the order of the URLs.
func (v *view) trackers(statuses []seeder.TrackerStatus) []trackerRow {
	var rows []trackerRow
	place := map[string]int{}
	for _, status := range statuses {
		i, ok := place[status.URL]
		if !ok {
			i = len(rows)
			place[status.URL] = i
			rows = append(rows, trackerRow{URL: status.URL, sides: family.Both(emptyTrackerFamily)})
		}
		key := "tracker-" + strconv.Itoa(i) + "-" + status.Family.String()
		side := rows[i].sides.At(status.Family)
		side.Working = v.figure(key, fmt.Sprintf("%d of %s", status.Working, count(status.Torrents, "torrent")))
		side.Error = status.Error
	}
	return rows
}

func emptyTrackerFamily(f family.Family) trackerFamily {
	return trackerFamily{Family: f.String(), Name: figures.Family(f)}
}
