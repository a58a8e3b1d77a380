package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/anacrolix/torrent/mse"
	"github.com/anacrolix/torrent/peer_protocol"
)

// Reasons for turning an incoming connection away.
var (
	ErrPlainRefused     = errors.New("plain connection, but encryption is required")
	ErrEncryptedRefused = errors.New("no BitTorrent handshake, and encryption is off")
	ErrUnknownTorrent   = errors.New("asks for a torrent that is not seeded here")
)

// namedBy is how much of a handshake must be there to know the torrent: all but the peer id.
const namedBy = HandshakeLength - 20

// incoming is the handshake of a connection that a peer made.
type incoming struct {
	once  sync.Once
	fault error
}

func (in *incoming) beforeRead(c *Conn) error {
	in.once.Do(func() { in.fault = in.accept(c) })
	return in.fault
}

// write has nothing to wait for: the client answers only after it has read.
func (in *incoming) write(*Conn, []byte) (n int, ready bool, err error) { return 0, true, nil }

// accept finds out how the peer wants to speak and which torrent it came for.
func (in *incoming) accept(c *Conn) error {
	plain, err := in.decrypt(c)
	if err != nil {
		return fmt.Errorf("take handshake from %v: %w", c.remote, err)
	}
	head := make([]byte, namedBy)
	if _, err := io.ReadFull(plain, head); err != nil {
		return fmt.Errorf("read handshake from %v: %w", c.remote, err)
	}
	infoHash := InfoHash(head[namedBy-len(InfoHash{}):])
	if !c.endpoint.torrents.Serves(infoHash) {
		return fmt.Errorf("%v %w: %x", c.remote, ErrUnknownTorrent, infoHash)
	}
	c.attribute(infoHash)
	c.plain = readFirst(head, plain)
	return nil
}

// decrypt tells a plain handshake from an obfuscated one by its first 20 bytes, and returns the stream in plain text.
func (in *incoming) decrypt(c *Conn) (io.ReadWriter, error) {
	start := make([]byte, len(peer_protocol.Protocol))
	if _, err := io.ReadFull(c.socket, start); err != nil {
		return nil, err
	}
	stream := readFirst(start, c.socket)
	policy := c.endpoint.Encryption()
	switch {
	case string(start) == peer_protocol.Protocol && policy == EncryptionRequire:
		return nil, ErrPlainRefused
	case string(start) == peer_protocol.Protocol:
		return stream, nil
	case policy == EncryptionOff:
		return nil, ErrEncryptedRefused
	}
	defer c.pay(0)
	plain, _, err := mse.ReceiveHandshake(context.Background(), stream, c.endpoint.secretKeys, policy.choose)
	return plain, err
}

// readFirst returns rw with head put back in front of what it reads.
func readFirst(head []byte, rw io.ReadWriter) io.ReadWriter {
	return struct {
		io.Reader
		io.Writer
	}{io.MultiReader(bytes.NewReader(head), rw), rw}
}
