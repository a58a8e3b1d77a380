package wire

import "encoding/binary"

const (
	// HandshakeLength is the size of the BitTorrent handshake: 20 bytes of protocol name, 8 reserved, 20 of
	// info-hash, 20 of peer id (BEP 3).
	HandshakeLength = 68

	lengthPrefix = 4 // of every message
	pieceHeader  = 9 // id, piece index and offset, before a block's data
	idPiece      = 7
)

// payloadMeter finds the data of blocks in a stream of peer messages. It sees the stream in portions of any size.
type payloadMeter struct {
	skip   int64 // bytes to pass over until the next length prefix
	block  int64 // bytes of block data to count until the next length prefix
	prefix [lengthPrefix + 1]byte
	have   int // bytes of prefix seen
}

// newPayloadMeter starts at the head of a stream, before the handshake.
func newPayloadMeter() payloadMeter { return payloadMeter{skip: HandshakeLength} }

// count returns how many bytes of b are data of blocks.
func (m *payloadMeter) count(b []byte) (payload int64) {
	for len(b) > 0 {
		switch {
		case m.skip > 0:
			b = b[take(&m.skip, b):]
		case m.block > 0:
			n := take(&m.block, b)
			payload += int64(n)
			b = b[n:]
		default:
			b = b[m.readPrefix(b):]
		}
	}
	return payload
}

// take uses up as much of left as b is long, and returns by how much.
func take(left *int64, b []byte) int {
	n := min(*left, int64(len(b)))
	*left -= n
	return int(n)
}

// readPrefix collects the length prefix, then the message id, from b and returns how much of b it used.
func (m *payloadMeter) readPrefix(b []byte) int {
	want := lengthPrefix
	if m.have == lengthPrefix {
		want++
	}
	n := copy(m.prefix[m.have:want], b)
	m.have += n
	switch {
	case m.have == lengthPrefix && m.messageLength() == 0: // a keep-alive has no id
		m.have = 0
	case m.have > lengthPrefix:
		m.startMessage()
	}
	return n
}

func (m *payloadMeter) messageLength() int64 {
	return int64(binary.BigEndian.Uint32(m.prefix[:lengthPrefix]))
}

// startMessage decides what the message behind the prefix is made of.
func (m *payloadMeter) startMessage() {
	rest := m.messageLength() - 1
	m.have = 0
	if m.prefix[lengthPrefix] != idPiece || rest < pieceHeader-1 {
		m.skip = rest
		return
	}
	m.skip = pieceHeader - 1
	m.block = rest - m.skip
}
