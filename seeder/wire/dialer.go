package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"sixseed/policy/family"
)

// Reasons for not dialling an address.
var (
	ErrOtherFamily = errors.New("address is of the other family") // it is for the other dialer
	ErrNeverServed = errors.New("network is never served")        // nor is who calls from there
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
	conn := newConn(d.endpoint, remote, newOutgoing(d))
	if err := d.endpoint.admit(conn, true); err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	socket, err := d.connect(ctx, conn.family, remote)
	if err == nil {
		err = conn.attach(socket)
	}
	if err != nil {
		d.endpoint.leave(conn)
		return nil, fmt.Errorf("dial peer: %w", err)
	}
	return conn, nil
}

// connect opens a socket to a peer that counts as class.
func (d *Dialer) connect(ctx context.Context, class family.Family, remote netip.AddrPort) (net.Conn, error) {
	dialer := net.Dialer{Control: d.endpoint.control(d.family, class)}
	dialer.SetMultipathTCP(false)
	return dialer.DialContext(ctx, d.DialerNetwork(), remote.String())
}
