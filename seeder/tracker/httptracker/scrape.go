package httptracker

import (
	"bytes"
	"slices"

	"sixseed/seeder/tracker/swarm"
)

// maxScrape is how many info-hashes a scrape is answered for. More than fit into the line of a question are no use.
const maxScrape = 64

// scraped answers a scrape (BEP 48). Torrents that are not tracked here are left out.
func (x *exchange) scraped(query string) Outcome {
	if reason := x.readScrape(query); reason != "" {
		x.fail(reason)
		return Malformed
	}
	b := append(x.body, "d5:filesd"...)
	for i := range x.infoHashes {
		if counts, ok := x.tracker.Scrape(x.infoHashes[i]); ok {
			b = appendCounts(appendString(b, x.infoHashes[i][:]), counts)
		}
	}
	b = append(b, "e5:flagsd"...)
	b = appendIntEntry(b, "min_request_interval", seconds(x.tracker.MinInterval()))
	x.body = append(b, "ee"...)
	return Scraped
}

// readScrape reads the info-hashes that are asked for, and puts them in order, each once: they are an answer's keys.
func (x *exchange) readScrape(query string) (reason string) {
	x.infoHashes = x.infoHashes[:0]
	for name, value := range fields(query) {
		if name != "info_hash" || len(x.infoHashes) == maxScrape {
			continue
		}
		infoHash, ok := decodeInfoHash(value)
		if !ok {
			return reasonInfoHash
		}
		x.infoHashes = append(x.infoHashes, infoHash)
	}
	if len(x.infoHashes) == 0 {
		return "name what to scrape by info_hash"
	}
	slices.SortFunc(x.infoHashes, func(a, b swarm.InfoHash) int { return bytes.Compare(a[:], b[:]) })
	x.infoHashes = slices.Compact(x.infoHashes)
	return ""
}

// appendCounts appends the counts of a swarm, with the downloaders of BEP 21.
func appendCounts(dst []byte, counts swarm.Counts) []byte {
	dst = appendIntEntry(append(dst, 'd'), "complete", int64(counts.Seeders))
	dst = appendIntEntry(dst, "downloaded", int64(counts.Downloaded))
	dst = appendIntEntry(dst, "downloaders", int64(counts.Downloaders))
	dst = appendIntEntry(dst, "incomplete", int64(counts.Leechers))
	return append(dst, 'e')
}
