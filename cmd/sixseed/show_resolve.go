package main

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/metafile"
	"sixseed/web/figures"
)

const (
	resolveTimeout = 5 * time.Second // for all trackers of a torrent together
	mostLookups    = 8               // at the same time
	mostHosts      = 50              // of a torrent
)

// resolver looks up the addresses of a host. An address in place of a name is its own.
type resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// lintFamilies looks up the trackers' hosts. It returns a lint "one-family" for each that peers of the other family
// cannot announce to, and one "unresolved" for each whose addresses were not found in time.
func lintFamilies(ctx context.Context, names resolver, tiers [][]string) []metafile.Lint {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	hosts := trackerHosts(tiers)
	found := make([]*metafile.Lint, len(hosts))
	slots := make(chan struct{}, mostLookups)
	var lookups sync.WaitGroup
	for i, host := range hosts {
		lookups.Go(func() {
			slots <- struct{}{}
			found[i] = lintHost(ctx, names, host)
			<-slots
		})
	}
	lookups.Wait()
	var lints []metafile.Lint
	for _, lint := range found {
		if lint != nil {
			lints = append(lints, *lint)
		}
	}
	return lints
}

// lintHost returns what is odd about the addresses of a host, nil if it has both families.
func lintHost(ctx context.Context, names resolver, host string) *metafile.Lint {
	addresses, err := names.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return &metafile.Lint{Code: "unresolved", Text: fmt.Sprintf("tracker %.200q: its addresses were not found: %v", host, err)}
	}
	var has family.Pair[bool]
	for _, address := range addresses {
		*has.At(family.Of(address)) = true
	}
	if has.V4 == has.V6 {
		return nil
	}
	only, other := family.V4, family.V6
	if has.V6 {
		only, other = other, only
	}
	return &metafile.Lint{Code: "one-family", Text: fmt.Sprintf("tracker %.200q has %s addresses only: over %s nobody can announce to it",
		host, figures.Family(only), figures.Family(other))}
}

// trackerHosts returns the hosts of all trackers, or of the first ones of very many, each once, in order.
func trackerHosts(tiers [][]string) []string {
	var hosts []string
	seen := map[string]bool{}
	for _, tier := range tiers {
		for _, tracker := range tier {
			parsed, err := url.Parse(tracker)
			if err != nil || parsed.Hostname() == "" || seen[parsed.Hostname()] || len(hosts) == mostHosts {
				continue // what is no URL is another lint's business
			}
			seen[parsed.Hostname()] = true
			hosts = append(hosts, parsed.Hostname())
		}
	}
	return hosts
}
