package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"sixseed/policy/family"
)

// Reasons for not dialling a peer.
var (
	ErrOtherFamily = errors.New("address is of the other family")
	ErrFull        = errors.New("no room for another connection")
)

// Dialer makes connections to the peers of one family.
type Dialer struct {
	endpoint *Endpoint
	family   family.Family
}

// DialerNetwork is "tcp4" or "tcp6".
func (d *Dialer) DialerNetwork() string { return tcp(d.family) }

// Dial connects to a peer given as address and port. The client tries every address on every dialer, so an address of
// the other family is refused at once.
func (d *Dialer) Dial(ctx context.Context, address string) (net.Conn, error) {
	remote, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial peer: %w", err)
	}
	if transport(remote.Addr()) != d.family {
		return nil, fmt.Errorf("dial %s over %s: %w", address, d.DialerNetwork(), ErrOtherFamily)
	}
	if !d.endpoint.reserve() {
		return nil, fmt.Errorf("dial %s: %w", address, ErrFull)
	}
	dialer := net.Dialer{}
	dialer.SetMultipathTCP(false)
	socket, err := dialer.DialContext(ctx, d.DialerNetwork(), address)
	if err != nil {
		d.endpoint.release()
		return nil, fmt.Errorf("dial peer: %w", err)
	}
	return newConn(d.endpoint, socket, remote, newOutgoing()), nil
}
