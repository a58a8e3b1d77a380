package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	mselib "github.com/anacrolix/torrent/mse"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// leecher is a peer that says what a test tells it to.
type leecher struct {
	t testing.TB
	io.ReadWriter
	socket net.Conn
	first  []message.Frame // what it was told until it knew our pieces
}

// way is how a peer makes a stream of its end of a connection.
type way func(net.Conn) (io.ReadWriter, error)

// ways are all ways to speak to an endpoint that allows all. The other side of MSE is that of another make.
var ways = map[string]way{
	"Plain":                  plain,
	"PlainBehindObfuscation": obfuscated(mselib.CryptoMethodPlaintext),
	"RC4":                    obfuscated(mselib.CryptoMethodRC4),
}

func plain(peer net.Conn) (io.ReadWriter, error) { return peer, nil }

func obfuscated(offer mselib.CryptoMethod) way {
	return func(peer net.Conn) (io.ReadWriter, error) {
		rw, _, err := mselib.InitiateHandshake(peer, ours[:], nil, offer)
		return rw, err
	}
}

// newLeecher connects a peer to an endpoint, with a client above, and shakes hands.
func newLeecher(t testing.TB, e *endpoint, f family.Family) (*leecher, *engine) {
	t.Helper()
	return newLeecherBy(t, e, f, plain)
}

// newLeecherBy does so in a certain way.
func newLeecherBy(t testing.TB, e *endpoint, f family.Family, speak way) (*leecher, *engine) {
	t.Helper()
	peer, conn := connect(t, e, f)
	client := run(conn)
	t.Cleanup(client.stop)
	l := &leecher{t: t, socket: peer}
	var err error
	if l.ReadWriter, err = speak(peer); err != nil {
		t.Fatal(err)
	}
	l.shakeHands(handshake(ours))
	return l, client
}

// shakeHands sends a handshake and takes ours and our first words.
func (l *leecher) shakeHands(own []byte) {
	l.t.Helper()
	l.write(own)
	if got, err := read(l, message.HandshakeLength); err != nil || !bytes.Equal(got, handshake(ours)) {
		l.t.Fatalf("got handshake %q, %v", got, err)
	}
	l.first = l.until(message.HaveAll)
}

// conn is the other end.
func (l *leecher) conn(e *endpoint) *wire.Conn {
	l.t.Helper()
	for _, conn := range e.Peers() {
		if conn.RemoteAddr().String() == l.socket.LocalAddr().String() {
			return conn
		}
	}
	l.t.Fatalf("no peer %v", l.socket.LocalAddr())
	return nil
}

// begin has the peer want blocks and gives it an upload slot.
func (l *leecher) begin(e *endpoint) *wire.Conn {
	l.t.Helper()
	l.say(message.Interested)
	conn := l.conn(e)
	l.unchoke(conn)
	return conn
}

// unchoke gives the peer an upload slot, as soon as the client has said its first words.
func (l *leecher) unchoke(conn *wire.Conn) {
	l.t.Helper()
	eventually(l.t, "upload slot", func() bool {
		conn.Unchoke()
		return conn.Unchoked()
	})
	l.next(message.Unchoke)
}

func (l *leecher) write(b []byte) {
	l.t.Helper()
	if _, err := l.Write(b); err != nil {
		l.t.Fatalf("write: %v", err)
	}
}

// say sends a message.
func (l *leecher) say(id message.ID, body ...byte) {
	l.t.Helper()
	l.write(message.Append(nil, id, body...))
}

// ask requests blocks.
func (l *leecher) ask(blocks ...message.Block) {
	l.t.Helper()
	l.write(requests(blocks...))
}

// read reads one message.
func (l *leecher) read() (message.Frame, error) {
	prefix, err := read(l, 4)
	if err != nil {
		return nil, err
	}
	body, err := read(l, int(binary.BigEndian.Uint32(prefix)))
	return append(prefix, body...), err
}

// until reads messages until one is of a kind, and returns all.
func (l *leecher) until(id message.ID) (frames []message.Frame) {
	l.t.Helper()
	for {
		frame, err := l.read()
		if err != nil {
			l.t.Fatalf("wait for %v: %v", id, err)
		}
		frames = append(frames, frame)
		if !frame.KeepAlive() && frame.ID() == id {
			return frames
		}
	}
}

// next reads messages until one is of a kind, and returns its body.
func (l *leecher) next(id message.ID) []byte {
	l.t.Helper()
	frames := l.until(id)
	return frames[len(frames)-1].Body()
}

// take reads the data of a block, and compares them.
func (l *leecher) take(block message.Block) {
	l.t.Helper()
	if body := l.next(message.Piece); !isPiece(body, block) {
		l.t.Fatalf("got another block than %+v: % x", block, body[:8])
	}
}

// settle returns once the endpoint has dealt with all that the peer said before.
func (l *leecher) settle() {
	l.t.Helper()
	l.say(message.HashRequest, 'x')
	l.next(message.HashReject)
}

// drain reads until the connection ends and returns how many bytes there were. Reset or closed makes no difference.
func (l *leecher) drain() int64 {
	l.t.Helper()
	n, err := io.Copy(io.Discard, l.socket)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		l.t.Fatalf("the connection was not closed: %v", err)
	}
	return n
}

// isPiece tells whether the body of a piece message is a block, data and all.
func isPiece(body []byte, block message.Block) bool {
	header := message.AppendPieceHeader(nil, block)[5:]
	begin := int(block.Piece)*pieceLength + int(block.Begin)
	return bytes.HasPrefix(body, header) && bytes.Equal(body[len(header):], iso()[begin:][:block.Length])
}

// requests are the messages that ask for blocks.
func requests(blocks ...message.Block) (b []byte) {
	for _, block := range blocks {
		b = message.AppendBlock(b, message.Request, block)
	}
	return b
}

// blocks returns n blocks of the torrent from the first on.
func blocks(n int) (all []message.Block) {
	for i := range n {
		offset := i * blockLength
		all = append(all, message.Block{
			Piece: uint32(offset / pieceLength), Begin: uint32(offset % pieceLength),
			Length: uint32(min(blockLength, dataLength-offset)),
		})
	}
	return all
}

// allBlocks are the blocks of the whole torrent.
func allBlocks() []message.Block { return blocks((dataLength + blockLength - 1) / blockLength) }
