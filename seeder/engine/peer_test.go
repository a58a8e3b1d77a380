package engine_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// Message ids of the peer wire protocol: BEP 3, BEP 5, BEP 6, BEP 10, BEP 52.
const (
	idUnchoke    = 1
	idInterested = 2
	idHave       = 4
	idRequest    = 6
	idPiece      = 7
	idPort       = 9
	idHaveAll    = 14
	idHaveNone   = 15
	idReject     = 16
	idExtended   = 20
	idHashes     = 22
	idHashReject = 23
)

// reserved says that a peer speaks the extension protocol (BEP 10) and the fast extension (BEP 6).
const reserved = "\x00\x00\x00\x00\x00\x10\x00\x04"

// peer is a leecher that says what a test tells it to.
type peer struct {
	t testing.TB
	net.Conn
	unchoked bool
}

// connect opens a connection and shakes hands.
func connect(t testing.TB, f family.Family, port uint16, infoHash wire.InfoHash) *peer {
	t.Helper()
	p := dial(t, f, port)
	p.shake(infoHash)
	answer := make([]byte, message.HandshakeLength)
	if _, err := io.ReadFull(p, answer); err != nil {
		t.Fatalf("read handshake: %v", err)
	}
	if got := string(answer[48:56]); got != "-6S0000-" {
		t.Errorf("the seed calls itself %q", got)
	}
	return p
}

// dial opens a connection.
func dial(t testing.TB, f family.Family, port uint16) *peer {
	t.Helper()
	host := map[family.Family]string{family.V4: "127.0.0.1", family.V6: "::1"}[f]
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &peer{t: t, Conn: conn}
}

// handshake is what a peer sends first (BEP 3).
func handshake(infoHash wire.InfoHash) []byte {
	return []byte("\x13BitTorrent protocol" + reserved + string(infoHash[:]) + "-XX0000-" + strings.Repeat("x", 12))
}

// shake sends a handshake.
func (p *peer) shake(infoHash wire.InfoHash) {
	p.t.Helper()
	p.write(handshake(infoHash))
}

func (p *peer) write(b []byte) {
	p.t.Helper()
	if _, err := p.Write(b); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

// send sends one message.
func (p *peer) send(id byte, body ...byte) {
	p.t.Helper()
	p.write(append(append(binary.BigEndian.AppendUint32(nil, uint32(1+len(body))), id), body...))
}

// words are 32-bit fields of a message.
func words(values ...uint32) (body []byte) {
	for _, value := range values {
		body = binary.BigEndian.AppendUint32(body, value)
	}
	return body
}

// extended sends a message of the extension protocol.
func (p *peer) extended(id byte, dictionary any) {
	p.t.Helper()
	p.send(idExtended, append([]byte{id}, bencode.MustMarshal(dictionary)...)...)
}

// extensions offers ut_metadata and returns the ids of the extensions that the seed offers.
func (p *peer) extensions() map[string]byte {
	p.t.Helper()
	p.extended(0, map[string]any{"m": map[string]int{"ut_metadata": 1}})
	var offered struct {
		M map[string]byte `bencode:"m"`
	}
	if err := bencode.Unmarshal(p.next(idExtended)[1:], &offered); err != nil {
		p.t.Fatalf("read extension handshake: %v", err)
	}
	return offered.M
}

// next reads messages until one has the id.
func (p *peer) next(id byte) (body []byte) {
	p.t.Helper()
	for {
		got, body, err := p.read()
		if err != nil {
			p.t.Fatalf("wait for message %d: %v", id, err)
		}
		if got == id {
			return body
		}
	}
}

// block asks for a block and returns its data.
func (p *peer) block(piece, offset, length uint32) []byte {
	p.t.Helper()
	p.send(idRequest, words(piece, offset, length)...)
	body := p.next(idPiece)
	if got, want := string(body[:8]), string(words(piece, offset)); got != want {
		p.t.Fatalf("got another block: % x", got)
	}
	return body[8:]
}

// settle returns when the seed has dealt with all that was sent: it answers one more request, or it has hung up.
func (p *peer) settle() {
	p.t.Helper()
	_, err := p.Write(append(words(1), idInterested))
	for !p.unchoked && err == nil {
		_, _, err = p.read()
	}
	if err == nil {
		_, err = p.Write(append(append(words(13), idRequest), words(0, 0, 1)...))
	}
	for id := byte(0); err == nil && id != idPiece && id != idReject; {
		id, _, err = p.read()
	}
}

// read reads one message. A keep-alive has id 0 and no body, as a choke has.
func (p *peer) read() (id byte, body []byte, err error) {
	var length uint32
	if err := binary.Read(p, binary.BigEndian, &length); err != nil || length == 0 {
		return 0, nil, err
	}
	message := make([]byte, length)
	_, err = io.ReadFull(p, message)
	p.unchoked = p.unchoked || message[0] == idUnchoke
	return message[0], message[1:], err
}
