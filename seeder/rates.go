package seeder

import (
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// rateSamples is over how many samples a rate is the mean: five seconds, taken once a second.
const rateSamples = 5

// sample is how much payload was sent until a moment.
type sample struct {
	at      time.Time
	payload map[wire.InfoHash]family.Pair[int64]
}

// rates turns counters into rates.
type rates struct {
	samples []sample // oldest first, at most rateSamples+1
}

// add takes a sample of accounts.
func (r *rates) add(at time.Time, accounts *wire.Accounts) {
	payload := make(map[wire.InfoHash]family.Pair[int64])
	accounts.Each(func(infoHash wire.InfoHash, f family.Family, account *wire.Account) {
		pair := payload[infoHash]
		*pair.At(f) = account.Traffic().Payload
		payload[infoHash] = pair
	})
	r.samples = append(r.samples, sample{at, payload})
	if len(r.samples) > rateSamples+1 {
		r.samples = r.samples[1:]
	}
}

// of returns the payload rate of a torrent in bytes per second.
func (r *rates) of(infoHash wire.InfoHash) family.Pair[int64] {
	if len(r.samples) < 2 {
		return family.Pair[int64]{}
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	elapsed := last.at.Sub(first.at)
	if elapsed <= 0 {
		return family.Pair[int64]{}
	}
	return family.Both(func(f family.Family) int64 {
		sent := last.payload[infoHash].Get(f) - first.payload[infoHash].Get(f)
		return int64(float64(sent) / elapsed.Seconds())
	})
}

// total returns the payload rate of all torrents.
func (r *rates) total() family.Pair[int64] {
	var sum family.Pair[int64]
	if len(r.samples) == 0 {
		return sum
	}
	for infoHash := range r.samples[len(r.samples)-1].payload {
		rate := r.of(infoHash)
		for _, f := range family.All {
			*sum.At(f) += rate.Get(f)
		}
	}
	return sum
}
