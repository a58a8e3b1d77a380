package load

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
)

// extensions is what a peer offers: the extension protocol (BEP 10) and the fast extension (BEP 6).
var extensions = [8]byte{5: 0x10, 7: 0x04}

// extensionHandshake is about the least that a client says of itself.
const extensionHandshake = "\x00d1:mde1:v4:loade"

// shakeHands exchanges handshakes, and says what has to be said before the first request.
func (p *peer) shakeHands(conn io.ReadWriter, g *Group) error {
	own := message.Handshake{Reserved: extensions, InfoHash: p.cursor.torrent.InfoHash}
	copy(own.PeerID[:], "-XX0000-"+rand.Text()) // each its own: a seeder drops a peer that connects twice
	head, err := p.open(conn, own, g.RC4)
	if err != nil {
		return err
	}
	theirs, err := readHandshake(io.MultiReader(&head, p.decrypted(conn)), own.InfoHash)
	if err != nil {
		return err
	}
	p.waiting = time.Now() // it will say so in a moment, and some seeders do not wait for it
	if err := p.stream.feed(head.Bytes(), p.take, p.pass); err != nil {
		return err
	}
	greeting := greet(theirs, !g.Uninterested)
	p.encrypt(greeting)
	_, err = conn.Write(greeting)
	return err
}

// open sends the handshake, and returns what the seeder sent together with its part of the encrypted one.
func (p *peer) open(conn io.ReadWriter, own message.Handshake, encrypted bool) (head bytes.Buffer, err error) {
	if !encrypted {
		_, err = conn.Write(own.Append(nil))
		return head, err
	}
	stream, err := mse.Initiate(conn, own.InfoHash, own.Append(nil), mse.RC4)
	if err != nil {
		return head, fmt.Errorf("encrypt: %w", err)
	}
	p.in, p.out = stream.In, stream.Out
	head.Write(stream.Head)
	return head, nil
}

func (p *peer) decrypted(conn io.Reader) io.Reader {
	if p.in == nil {
		return conn
	}
	return cipher.StreamReader{S: p.in, R: conn}
}

func readHandshake(plain io.Reader, infoHash [20]byte) (message.Handshake, error) {
	b := make([]byte, message.HandshakeLength)
	if _, err := io.ReadFull(plain, b); err != nil {
		return message.Handshake{}, fmt.Errorf("read handshake: %w", err)
	}
	theirs, err := message.ParseHandshake(b)
	if err == nil && theirs.InfoHash != infoHash {
		err = fmt.Errorf("answered for torrent %x", theirs.InfoHash)
	}
	return theirs, err
}

// greet returns the messages that follow the handshake.
func greet(theirs message.Handshake, interested bool) []byte {
	var b []byte
	if theirs.Extended() {
		b = message.Append(b, message.Extended, []byte(extensionHandshake)...)
	}
	if theirs.Fast() {
		b = message.Append(b, message.HaveNone) // instead of a bitfield; BEP 6 wants one of both
	}
	if interested {
		b = message.Append(b, message.Interested)
	}
	return b
}
