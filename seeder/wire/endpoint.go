package wire

import (
	"context"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"

	"sixseed/policy/family"
)

// Torrents is what an Endpoint must know of the torrents behind it.
type Torrents interface {
	// Serves reports whether peers may connect for a torrent.
	Serves(InfoHash) bool
	// InfoHashes yields every torrent served.
	InfoHashes() iter.Seq[InfoHash]
}

// Settings are what can change while connections are open. They hold for connections made from then on.
type Settings struct {
	Encryption     Encryption
	MaxConnections int // incoming and outgoing, both families
}

// Endpoint is where peer connections begin. Its listeners and dialers share one policy, one limit and one set of
// accounts.
type Endpoint struct {
	torrents   Torrents
	accounts   *Accounts
	classifier family.Classifier
	settings   atomic.Pointer[Settings]

	connections atomic.Int64
	refused     atomic.Int64
	accepted    family.Pair[atomic.Int64]
}

// NewEndpoint returns an endpoint for torrents that counts on accounts.
func NewEndpoint(torrents Torrents, accounts *Accounts, classifier family.Classifier, settings Settings) *Endpoint {
	e := &Endpoint{torrents: torrents, accounts: accounts, classifier: classifier}
	e.Apply(settings)
	return e
}

// Apply changes the settings.
func (e *Endpoint) Apply(settings Settings) { e.settings.Store(&settings) }

// Encryption is the policy that holds now.
func (e *Endpoint) Encryption() Encryption { return e.settings.Load().Encryption }

// Connections is the number of open connections, and Refused how many were turned away because there were too many.
func (e *Endpoint) Connections() (open, refused int64) {
	return e.connections.Load(), e.refused.Load()
}

// Accepted is the number of incoming connections so far.
func (e *Endpoint) Accepted(f family.Family) int64 { return e.accepted.At(f).Load() }

// Listen opens the listener of one family on port. The listeners of the two families do not share a socket
// (IPV6_V6ONLY), so both can have the same port.
func (e *Endpoint) Listen(ctx context.Context, f family.Family, port uint16) (*Listener, error) {
	config := net.ListenConfig{}
	config.SetMultipathTCP(false) // its sockets lack TCP options that the sending side needs
	socket, err := config.Listen(ctx, tcp(f), net.JoinHostPort("", strconv.Itoa(int(port))))
	if err != nil {
		return nil, fmt.Errorf("listen for %v peers on port %d: %w", f, port, err)
	}
	return newListener(e, f, socket), nil
}

// Dialer returns the dialer of one family.
func (e *Endpoint) Dialer(f family.Family) *Dialer { return &Dialer{endpoint: e, family: f} }

// reserve takes a place for one connection, or reports that there is none.
func (e *Endpoint) reserve() bool {
	if e.connections.Add(1) <= int64(e.settings.Load().MaxConnections) {
		return true
	}
	e.connections.Add(-1)
	e.refused.Add(1)
	return false
}

func (e *Endpoint) release() { e.connections.Add(-1) }

// secretKeys calls visit with the keys that an obfuscated handshake may be for, until it returns false.
func (e *Endpoint) secretKeys(visit func([]byte) bool) {
	for infoHash := range e.torrents.InfoHashes() {
		if !visit(infoHash[:]) {
			return
		}
	}
}

// tcp is the network of a family for package net.
func tcp(f family.Family) string {
	if f == family.V6 {
		return "tcp6"
	}
	return "tcp4"
}

// transport is the family of the packets that reach addr, tunnels or not.
func transport(addr netip.Addr) family.Family {
	if addr.Unmap().Is4() {
		return family.V4
	}
	return family.V6
}
