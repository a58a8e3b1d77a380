package httptracker

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// listen opens all listeners.
func (s *Server) listen(ctx context.Context, config Config) error {
	for _, addr := range config.Listen {
		listener, err := listenAt(ctx, addr, config.Connections)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, listener)
	}
	if len(config.HTTPS) == 0 {
		return nil
	}
	var err error
	if s.certificate, err = openCertificate(config.Certificate, config.Key); err != nil {
		return err
	}
	secure := &tls.Config{
		GetCertificate: s.certificate.get, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12,
	}
	for _, addr := range config.HTTPS {
		listener, err := listenAt(ctx, addr, config.Connections)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, tls.NewListener(listener, secure))
	}
	return nil
}

// boundedListener has a bound on the connections that are open at a time. Each listener has its own, so that a crowd
// over one family cannot shut the other out, and no crowd takes all of the process's files.
type boundedListener struct {
	net.Listener
	places chan struct{} // holds a token for every open connection
}

// listenAt opens a listener of the address's family alone: for tcp6, net sets IPV6_V6ONLY.
func listenAt(ctx context.Context, addr netip.AddrPort, connections int) (*boundedListener, error) {
	network := "tcp6"
	if addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()); addr.Addr().Is4() {
		network = "tcp4"
	}
	config := net.ListenConfig{KeepAlive: -1} // no connection lasts long enough to need it
	config.SetMultipathTCP(false)
	listener, err := config.Listen(ctx, network, addr.String())
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP at %s: %w", addr, err)
	}
	return bounded(listener, connections), nil
}

func bounded(listener net.Listener, connections int) *boundedListener {
	return &boundedListener{Listener: listener, places: make(chan struct{}, connections)}
}

// Accept waits until there is room for another connection, and then for the connection. A server that ends closes those
// that are open, and with that ends an Accept that waits for room.
func (l *boundedListener) Accept() (net.Conn, error) {
	l.places <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &boundedConn{Conn: conn, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// boundedConn gives its place back when it is closed.
type boundedConn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// CloseWrite ends the answer before the connection, so that a client whose question was not read to its end gets it.
func (c *boundedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
