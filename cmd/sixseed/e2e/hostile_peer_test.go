package e2e_test

import (
	"context"
	"crypto/rc4"
	"crypto/sha1"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
	"sixseed/storage/metafile"
)

// hostility is one way in which peers misbehave.
type hostility struct {
	name string
	ends []wire.Reason // why the connection ends, as the daemon may see it
	act  func(*villain) error
}

// victim is the daemon that hostile peers connect to, and the torrent that they come for.
type victim struct {
	*metafile.Metafile
	port   uint16
	limit  time.Duration // of a hostile connection's life
	linger time.Duration // how long at most a villain stays who has done its worst
}

// pieces is how many the torrent has.
func (v victim) pieces() uint32 { return uint32(len(v.Pieces) / sha1.Size) }

// attack makes one hostile connection. The error says that there was none: what becomes of it is the daemon's business.
func (v victim) attack(ctx context.Context, h hostility, f family.Family) error {
	hostile := &villain{victim: v, family: f}
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", hostile.address().String())
	if err != nil {
		return err
	}
	hostile.TCPConn = conn.(*net.TCPConn)
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(v.limit))
	if h.act(hostile) == nil {
		hostile.leave()
	}
	return nil
}

// villain is one hostile connection.
type villain struct {
	*net.TCPConn
	victim
	family  family.Family
	head    []byte      // plain text that came with the handshake, to be read first
	in, out *rc4.Cipher // nil: plain text
}

// address is the daemon's.
func (v *villain) address() netip.AddrPort {
	return netip.AddrPortFrom(peers.Loopback.Get(v.family), v.port)
}

func (v *villain) Read(b []byte) (int, error) {
	if len(v.head) > 0 {
		n := copy(b, v.head)
		v.head = v.head[n:]
		return n, nil
	}
	n, err := v.TCPConn.Read(b)
	if v.in != nil {
		v.in.XORKeyStream(b[:n], b[:n])
	}
	return n, err
}

func (v *villain) Write(b []byte) (int, error) {
	if v.out != nil {
		b = slices.Clone(b)
		v.out.XORKeyStream(b, b)
	}
	return v.TCPConn.Write(b)
}

// stay waits a while, so that villains meet.
func (v *villain) stay() { time.Sleep(rand.N(v.linger + 1)) }

// leave says that nothing more comes, and hears the daemon out.
func (v *villain) leave() {
	v.stay()
	_ = v.CloseWrite()
	_, _ = io.Copy(io.Discard, v.TCPConn)
}

// vanish closes the connection without waiting for the daemon.
func (v *villain) vanish() error {
	v.stay()
	_ = v.Close()
	return net.ErrClosed
}

// reset hangs up in the middle of whatever is on its way.
func (v *villain) reset() error {
	_ = v.SetLinger(0)
	return v.vanish()
}

// handshake is one as it should be.
func (v *villain) handshake() []byte {
	h := message.Handshake{Reserved: [8]byte{5: 0x10, 7: 0x04}, InfoHash: v.InfoHash, PeerID: [20]byte(random(20))}
	return h.Append(nil)
}

// handshakeFor is one of a peer that understands no extension.
func handshakeFor(infoHash [20]byte) []byte { return message.Handshake{InfoHash: infoHash}.Append(nil) }

// shake exchanges handshakes.
func (v *villain) shake(own []byte) error {
	if _, err := v.Write(own); err != nil {
		return err
	}
	_, err := io.ReadFull(v, make([]byte, message.HandshakeLength))
	return err
}

// encrypt exchanges handshakes by way of message stream encryption, and goes on in RC4.
func (v *villain) encrypt() error {
	agreed, err := mse.Initiate(v.TCPConn, v.InfoHash, v.handshake(), mse.RC4)
	if err != nil {
		return err
	}
	v.head, v.in, v.out = agreed.Head, agreed.In, agreed.Out
	_, err = io.ReadFull(v, make([]byte, message.HandshakeLength))
	return err
}

// unchoke waits for an upload slot.
func (v *villain) unchoke() error {
	if _, err := v.Write(message.Append(nil, message.Interested)); err != nil {
		return err
	}
	_, err := (&leecher{Conn: v}).await(idUnchoke)
	return err
}

// peerID asks for the daemon's own, over another connection.
func (v *villain) peerID() ([]byte, error) {
	conn, err := (&net.Dialer{Timeout: v.limit}).DialContext(context.Background(), "tcp", v.address().String())
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(v.limit))
	if _, err := conn.Write(v.handshake()); err != nil {
		return nil, err
	}
	answer := make([]byte, message.HandshakeLength)
	_, err = io.ReadFull(conn, answer)
	return answer[message.HandshakeLength-20:], err
}

// random returns bytes that nobody can guess.
func random(length int) []byte {
	b := make([]byte, length)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}
