package e2e_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Message ids of the peer wire protocol (BEP 3).
const (
	idUnchoke    = 1
	idInterested = 2
	idRequest    = 6
	idPiece      = 7
)

const blockLength = 16 << 10

// leecher is a peer that asks for blocks one at a time and throws them away: a test knows to the block what it got.
type leecher struct {
	net.Conn
	received int64 // bytes of block data
}

// newLeecher connects to a daemon's peer port on host and waits until it is unchoked.
func newLeecher(t *testing.T, host string, port uint16, infoHash [20]byte) *leecher {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	l := &leecher{Conn: conn}
	handshake := "\x13BitTorrent protocol" + strings.Repeat("\x00", 8) + string(infoHash[:]) + "-XX0000-" + strings.Repeat("x", 12)
	if _, err := io.WriteString(conn, handshake+"\x00\x00\x00\x01"+string(rune(idInterested))); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, len(handshake))); err != nil {
		t.Fatal(err)
	}
	if _, err := l.await(idUnchoke); err != nil {
		t.Fatal(err)
	}
	return l
}

// fetch downloads the first block of the torrent so many times.
func (l *leecher) fetch(times int) error {
	request := append(binary.BigEndian.AppendUint32(nil, 13), idRequest)
	for _, field := range []uint32{0, 0, blockLength} {
		request = binary.BigEndian.AppendUint32(request, field)
	}
	for range times {
		if _, err := l.Write(request); err != nil {
			return err
		}
		piece, err := l.await(idPiece)
		if err != nil {
			return err
		}
		l.received += int64(len(piece) - 8)
	}
	return nil
}

// await reads messages until one has the id, and returns its body.
func (l *leecher) await(id byte) ([]byte, error) {
	for {
		var length uint32
		if err := binary.Read(l, binary.BigEndian, &length); err != nil {
			return nil, err
		}
		if length > 1<<20 {
			return nil, errors.New("a message of more than 1 MiB")
		}
		message := make([]byte, length)
		if _, err := io.ReadFull(l, message); err != nil {
			return nil, err
		}
		if length > 0 && message[0] == id {
			return message[1:], nil
		}
	}
}
