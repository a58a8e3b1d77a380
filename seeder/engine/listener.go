package engine

import (
	"net"

	"sixseed/seeder/wire"
)

// heldBack is a listener that takes no connection before the client has been given all of its sockets: for every
// connection the client reads its list of listeners, and it does not lock that while it adds one.
type heldBack struct {
	*wire.Listener
	connected <-chan struct{} // closed once the list is complete
}

// Accept waits for the next connection.
func (l heldBack) Accept() (net.Conn, error) {
	<-l.connected
	return l.Listener.Accept()
}
