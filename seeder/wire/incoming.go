package wire

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
)

// Reasons for turning an incoming connection away.
var (
	ErrPlainRefused     = errors.New("plain connection, but encryption is required")
	ErrEncryptedRefused = errors.New("no BitTorrent handshake, and encryption is off")
)

const (
	// namedBy is how much of a handshake must be there to know the torrent: all but the peer id.
	namedBy = message.HandshakeLength - len(InfoHash{})
	// toldBy is how much of it tells a plain handshake from an obfuscated one: the protocol's name.
	toldBy = len(message.Protocol)
)

// namedIn returns the info-hash of a handshake, the end of which need not be there yet.
func namedIn(handshake []byte) InfoHash {
	return InfoHash(handshake[namedBy-len(InfoHash{}) : namedBy])
}

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
	if err := in.decrypt(c); err != nil {
		return fmt.Errorf("take handshake from %v: %w", c.remote, err)
	}
	head := make([]byte, namedBy)
	for n := 0; n < len(head); {
		more, err := c.readPlain(head[n:])
		n += more
		if err != nil && n < len(head) {
			return because(ReasonHandshake, fmt.Errorf("read handshake from %v: %w", c.remote, unexpected(err)))
		}
	}
	if err := c.enter(namedIn(head)); err != nil {
		return fmt.Errorf("let in %v: %w", c.remote, err)
	}
	return c.hear(head)
}

// decrypt tells a plain handshake from an obfuscated one by its first bytes, and makes the stream of what follows.
func (in *incoming) decrypt(c *Conn) error {
	start := make([]byte, toldBy)
	if _, err := io.ReadFull(counted{c}, start); err != nil {
		return because(ReasonHandshake, err)
	}
	policy := c.endpoint.Encryption()
	switch {
	case string(start) == message.Protocol && policy == EncryptionRequire:
		return because(ReasonEncryption, ErrPlainRefused)
	case string(start) == message.Protocol:
		c.stream = stream{head: start}
		return nil
	case policy == EncryptionOff:
		return because(ReasonEncryption, ErrEncryptedRefused)
	}
	agreed, _, err := mse.Receive(counted{c}, start, c.endpoint.Torrents.Keyed, policy.choose)
	switch {
	case errors.Is(err, mse.ErrUnknownTorrent):
		return because(ReasonUnknown, fmt.Errorf("%w: %w", ErrUnknownTorrent, err))
	case errors.Is(err, mse.ErrNoMethod):
		return because(ReasonEncryption, err)
	case err != nil:
		return because(ReasonHandshake, err)
	}
	c.speakAs(agreed)
	return nil
}

// unexpected tells the end of a stream in the middle of something from one between two things.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
