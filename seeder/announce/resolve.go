package announce

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"sixseed/policy/family"
)

// answerLifetime is how long an answer of the name server is used. It is short because addresses move, and long enough
// that a thousand torrents of one tracker, due at once, ask once.
const answerLifetime = time.Minute

// resolver finds the addresses of trackers in one family.
type resolver struct {
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	now    func() time.Time

	mu      sync.Mutex
	answers map[question]answer
}

type question struct {
	host   string
	family family.Family
}

type answer struct {
	addrs []netip.Addr
	err   error // nil or a noAddressError
	until time.Time
}

func newResolver(now func() time.Time) *resolver {
	return &resolver{lookup: net.DefaultResolver.LookupNetIP, now: now, answers: make(map[question]answer)}
}

// addresses returns the addresses of host in family f, at least one. It returns a noAddressError if there are none.
// The family is that of the socket: a tunnel's address (2002::/16 and the like) is an IPv6 address here, whatever peers
// with such an address count as.
func (r *resolver) addresses(ctx context.Context, host string, f family.Family) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return inFamily([]netip.Addr{addr}, f)
	}
	asked := question{host, f}
	if known, ok := r.known(asked); ok {
		return known.addrs, known.err
	}
	addrs, err := r.lookup(ctx, lookupNetwork(f), host)
	switch {
	case isNoAddress(err):
		err = noAddressError{f}
	case err != nil:
		return nil, fmt.Errorf("look up %q: %w", host, err)
	default:
		addrs, err = inFamily(addrs, f)
	}
	r.remember(asked, answer{addrs, err, r.now().Add(answerLifetime)})
	return addrs, err
}

func (r *resolver) known(asked question) (answer, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.answers[asked]
	return known, ok && r.now().Before(known.until)
}

// remember keeps an answer, and drops those that have expired.
func (r *resolver) remember(asked question, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for other, old := range r.answers {
		if !r.now().Before(old.until) {
			delete(r.answers, other)
		}
	}
	r.answers[asked] = a
}

func lookupNetwork(f family.Family) string {
	if f == family.V6 {
		return "ip6"
	}
	return "ip4"
}

// isNoAddress says whether err means that there is no such name or that it has no address in the family asked for.
func isNoAddress(err error) bool {
	if answered, ok := errors.AsType[*net.DNSError](err); ok {
		return answered.IsNotFound
	}
	_, unsuitable := errors.AsType[*net.AddrError](err)
	return unsuitable
}

func inFamily(addrs []netip.Addr, f family.Family) ([]netip.Addr, error) {
	var fitting []netip.Addr
	for _, addr := range addrs {
		if addr = addr.Unmap(); addr.Is6() == (f == family.V6) {
			fitting = append(fitting, addr)
		}
	}
	if len(fitting) == 0 {
		return nil, noAddressError{f}
	}
	return fitting, nil
}
