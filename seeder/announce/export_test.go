package announce

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"sixseed/policy/family"
)

// What the tests of the outer package need to see.
type (
	Request        = request
	Response       = response
	RefusalError   = refusalError
	NoAddressError = noAddressError
)

// Errors and functions that have no exported face.
var (
	ErrStray              = errStray
	ParseHTTPResponse     = parseHTTPResponse
	ParseConnectResponse  = parseConnectResponse
	ParseAnnounceResponse = parseAnnounceResponse
	Printable             = printable
	RedactUnusable        = redactUnusable
	Period                = period
	Backoff               = backoff
	AnnounceURL           = announceURL
)

// The events, for comparison with Request.Event.
const (
	Started  = started
	Periodic = periodic
	Stopped  = stopped
)

// URL returns the tracker's URL as it may be shown.
func (r request) URL() string { return r.Target.shown }

// Exchange is an exchanger that is a function.
type Exchange func(ctx context.Context, req Request) (Response, error)

func (e Exchange) announce(ctx context.Context, req request) (response, error) { return e(ctx, req) }
func (e Exchange) close()                                                      {}

// NewWithExchange is New with another way to reach trackers.
func NewWithExchange(config Config, exchange Exchange) *Announcer {
	return newAnnouncer(config.withDefaults(), exchange)
}

// NewRequest returns a request to the tracker at rawURL.
func NewRequest(rawURL string, f family.Family) (Request, error) {
	target, err := parseTarget(rawURL)
	return request{Target: target, Family: f, Port: 6881, PeerID: [20]byte{'p'}, InfoHash: [20]byte{'h'}}, err
}

// Lookup is what a resolver asks.
type Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// Resolve resolves with a resolver that asks lookup.
func Resolve(lookup Lookup) func(ctx context.Context, host string, f family.Family) ([]netip.Addr, error) {
	names := newResolver(time.Now)
	names.lookup = lookup
	return names.addresses
}

// Dial opens a connection to a tracker.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// NewHTTPExchange returns an Exchange over HTTP, and what closes it.
func NewHTTPExchange(lookup Lookup, dial Dial) (Exchange, func()) {
	names := newResolver(time.Now)
	if lookup != nil {
		names.lookup = lookup
	}
	exchanger := newHTTPExchanger(names, dial, "sixseed-test")
	return exchanger.announce, exchanger.close
}

// NewUDPExchange returns an Exchange over UDP, and what closes it. Its transaction ids count up from 1.
func NewUDPExchange(dial Dial) (Exchange, func()) {
	var transactions atomic.Uint32
	next := func() uint32 { return transactions.Add(1) }
	exchanger := newUDPExchanger(newResolver(time.Now), dial, time.Now, next)
	return exchanger.announce, exchanger.close
}
