package httptracker

import (
	"net/netip"
	"sync"
	"time"

	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// exchange is a question and its answer. It is used again for the next one.
type exchange struct {
	tracker Tracker
	now     time.Time
	client  netip.Addr

	question   question
	announce   swarm.Announce
	answer     swarm.Answer
	infoHashes []swarm.InfoHash // of a scrape
	refusal    *tracker.Refusal
	body       []byte // what the client gets
}

// exchanges is a store of exchanges that are not in use.
type exchanges struct{ pool *sync.Pool }

func newExchanges() exchanges {
	return exchanges{pool: &sync.Pool{New: func() any { return new(exchange) }}}
}

// take returns an exchange with a client. It has to be given back.
func (e exchanges) take(t Tracker, now time.Time, client netip.Addr) *exchange {
	x, _ := e.pool.Get().(*exchange) // there are no others
	x.tracker, x.now, x.client, x.body = t, now, client, x.body[:0]
	return x
}

func (e exchanges) give(x *exchange) { e.pool.Put(x) }

// fail answers with why there is no other answer.
func (x *exchange) fail(reason string) {
	x.body = append(appendEntry(append(x.body[:0], 'd'), "failure reason", reason), 'e')
}
