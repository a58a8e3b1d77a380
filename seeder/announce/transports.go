package announce

import (
	"context"
	"net"
)

// transports carries each announce by the transport that its tracker's URL names.
type transports struct {
	http *httpExchanger
	udp  *udpExchanger
}

var _ exchanger = transports{}

func newTransports(config Config) transports {
	names := newResolver(config.Now)
	dial := new(net.Dialer).DialContext
	transaction := func() uint32 { return uint32(config.Rand() >> 32) }
	return transports{
		http: newHTTPExchanger(names, dial, config.UserAgent),
		udp:  newUDPExchanger(names, dial, config.Now, transaction),
	}
}

func (t transports) announce(ctx context.Context, req request) (response, error) {
	if req.Target.transport == overUDP {
		return t.udp.announce(ctx, req)
	}
	return t.http.announce(ctx, req)
}

func (t transports) close() {
	t.http.close()
	t.udp.close()
}
