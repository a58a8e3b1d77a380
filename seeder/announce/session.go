package announce

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// idLifetime is how long a connection id may be used after it was received (BEP 15, "Connect").
const idLifetime = time.Minute

// maxPacket is larger than any announce response: 200 peers over IPv6 take 3,620 bytes.
const maxPacket = 8 << 10

// udpSession is a socket connected to a UDP tracker, with the connection id that the tracker gave to it. One exchange
// at a time uses it.
type udpSession struct {
	conn  net.Conn
	now   func() time.Time
	id    uint64
	until time.Time // the id's end
}

// fresh says whether the connection id can still be used. What is about to expire is not: the packet has a way to go.
func (s *udpSession) fresh() bool { return s.now().Add(time.Second).Before(s.until) }

func (s *udpSession) connect(ctx context.Context, transaction uint32, deadline time.Time) error {
	err := s.ask(ctx, connectPacket(transaction), deadline, func(packet []byte) (err error) {
		s.id, err = parseConnectResponse(packet, transaction)
		return err
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	s.until = s.now().Add(idLifetime)
	return nil
}

func (s *udpSession) announce(ctx context.Context, req request, transaction uint32, deadline time.Time) (response, error) {
	var resp response
	err := s.ask(ctx, announcePacket(s.id, transaction, req), deadline, func(packet []byte) (err error) {
		resp, err = parseAnnounceResponse(packet, transaction, req.Family)
		return err
	})
	return resp, err
}

// ask sends a packet and hands to read what comes back, until read is content (nil) or refused, the deadline has passed
// (os.ErrDeadlineExceeded), or ctx ends.
func (s *udpSession) ask(ctx context.Context, packet []byte, deadline time.Time, read func([]byte) error) error {
	if err := s.conn.SetDeadline(deadline); err != nil {
		return err
	}
	interrupt := context.AfterFunc(ctx, func() { _ = s.conn.SetDeadline(time.Unix(1, 0)) })
	defer interrupt()
	if _, err := s.conn.Write(packet); err != nil {
		return errOf(ctx, err)
	}
	buffer := make([]byte, maxPacket)
	for {
		n, err := s.conn.Read(buffer)
		if err != nil {
			return errOf(ctx, err)
		}
		if err := read(buffer[:n]); !errors.Is(err, errStray) {
			return err
		}
	}
}

// errOf returns why ctx ended if it did, for then err is only what came of it.
func errOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
