package main

import (
	"io"

	"sixseed/seeder"
	"sixseed/web/figures"
)

const (
	peerTableWidth  = 120 // what the table of peers keeps to, as far as torrents' names decide
	peerClientWidth = 18  // "libtorrent/2.0.8.0"
	leastNameWidth  = 14
)

// printPeers writes the peers of status for people: by family, the fastest first, as the daemon lists them.
func printPeers(out io.Writer, status seeder.Status) error {
	return printSections(out, []string{
		heading(status), familyTable(status), sharing(status), peerTable(status.Peers), problemList(status.Problems),
	})
}

func peerTable(peers []seeder.PeerStatus) string {
	if len(peers) == 0 {
		return "No peers.\n"
	}
	rows := [][]string{{"peer", "client", "state", ">rate", ">sent", ">queue", ">has"}}
	for _, peer := range peers {
		rows = append(rows, []string{
			peer.Address.Addr().String(), shortened(printable(peer.Client), peerClientWidth), peerState(peer),
			rateOrDash(peer.Rate), figures.Bytes(peer.Payload), figures.Count(int64(peer.Queue)), figures.Share(peer.Progress),
		})
	}
	room := max(peerTableWidth-tableWidth(rows), leastNameWidth)
	rows[0] = append(rows[0], "torrent")
	for i, peer := range peers {
		rows[i+1] = append(rows[i+1], shortened(printable(peer.Name), room))
	}
	return table(rows)
}

// peerState says what a peer waits for, if anything, and whether it has had so much that it comes last.
func peerState(peer seeder.PeerStatus) string {
	state := "idle"
	switch {
	case peer.Unchoked:
		state = "unchoked"
	case peer.Interested:
		state = "waits"
	}
	if peer.Last {
		state += ", last"
	}
	return state
}

// rateOrDash keeps a long table calm: most peers are sent nothing at most times.
func rateOrDash(rate int64) string {
	if rate == 0 {
		return "–"
	}
	return figures.Rate(rate)
}

// tableWidth returns how wide table makes rows at most, with the gap before a further column.
func tableWidth(rows [][]string) int {
	sum := 0
	for _, width := range columnWidths(rows) {
		sum += width + len("  ")
	}
	return sum
}

// shortened cuts a text off behind width characters, the last of which then says so.
func shortened(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:width-1]) + "…"
}
