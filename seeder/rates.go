package seeder

import (
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// rateSamples is over how many samples a rate is the mean: five seconds, taken once a second.
const rateSamples = 5

// sample is how much payload was sent until a moment.
type sample[K comparable] struct {
	at      time.Time
	payload map[K]int64
}

// rates turns counters into rates. K is what has a counter: a torrent's account or a peer.
type rates[K comparable] struct {
	samples []sample[K] // oldest first, at most rateSamples+1
}

// accountKey names one of the accounts.
type accountKey struct {
	infoHash wire.InfoHash
	family   family.Family
}

// add takes a sample. read fills in the counters of this moment; what it leaves out has no rate any more.
func (r *rates[K]) add(at time.Time, read func(payload map[K]int64)) {
	payload := make(map[K]int64)
	if len(r.samples) > rateSamples {
		payload = r.samples[0].payload // a thousand peers a second are no garbage that way
		clear(payload)
		r.samples = r.samples[1:]
	}
	read(payload)
	r.samples = append(r.samples, sample[K]{at, payload})
}

// of returns a payload rate in bytes per second.
func (r *rates[K]) of(key K) int64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	elapsed, sent := last.at.Sub(first.at), last.payload[key]-first.payload[key]
	if elapsed <= 0 {
		return 0
	}
	return int64(float64(sent) / elapsed.Seconds())
}

// readAccounts returns the counters of every torrent.
func readAccounts(accounts *wire.Accounts) func(map[accountKey]int64) {
	return func(payload map[accountKey]int64) {
		accounts.Each(func(infoHash wire.InfoHash, f family.Family, account *wire.Account) {
			payload[accountKey{infoHash, f}] = account.Traffic().Payload
		})
	}
}

// torrentRate returns the payload rate of one torrent, in bytes per second.
func torrentRate(r *rates[accountKey], infoHash wire.InfoHash) family.Pair[int64] {
	return family.Both(func(f family.Family) int64 { return r.of(accountKey{infoHash, f}) })
}

// totalRate returns the payload rate of all torrents, in bytes per second.
func totalRate(r *rates[accountKey]) family.Pair[int64] {
	var sum family.Pair[int64]
	if len(r.samples) == 0 {
		return sum
	}
	for key := range r.samples[len(r.samples)-1].payload {
		*sum.At(key.family) += r.of(key)
	}
	return sum
}
