// Package utp stands in for github.com/anacrolix/go-utp, which the module proxy does not serve.
//
// It has the names that anacrolix/torrent compiles against and opens no socket: [Default] says so, and both
// constructors answer [ErrDisabled]. sixseed seeds over TCP (docs/adr/0002).
package utp

import (
	"context"
	"errors"
	"log/slog"
	"net"
)

// Default names this implementation in anacrolix's errors.
const Default = "disabled"

// ErrDisabled is what every constructor returns.
var ErrDisabled = errors.New("uTP is not part of this build")

// FirewallCallback decides whether a connection from net.Addr is refused.
type FirewallCallback func(net.Addr) bool

// Socket is the part of a uTP socket that anacrolix/torrent uses.
type Socket interface {
	net.PacketConn
	Accept() (net.Conn, error)
	Addr() net.Addr
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
	SetFirewallCallback(FirewallCallback)
}

// Option is a setting of a socket; none has an effect here.
type Option func()

// WithLogger is accepted and ignored.
func WithLogger(*slog.Logger) Option { return func() {} }

// NewSocket returns ErrDisabled.
func NewSocket(_, _ string, _ ...Option) (Socket, error) { return nil, ErrDisabled }

// NewSocketFromPacketConn returns ErrDisabled and leaves the connection to its caller.
func NewSocketFromPacketConn(net.PacketConn, ...Option) (Socket, error) { return nil, ErrDisabled }
