package wire

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"

	"sixseed/seeder/wire/extension"
	"sixseed/seeder/wire/message"
)

// peer is what the other end has said of itself.
type peer struct {
	mu     sync.Mutex
	id     [20]byte
	shaken bool
	client string // its name, from the extension handshake

	pieces int      // of the torrent
	count  int      // of pieces that it has
	has    []uint64 // which they are, a bit each; nil until it has said so
}

// Reasons for hanging up on a peer's word about its pieces.
var (
	errOutOfRange = errors.New("names a piece that the torrent does not have")
	errBitfield   = errors.New("sends a bitfield that does not fit the torrent")
)

// introduce takes the peer's handshake.
func (p *peer) introduce(h message.Handshake) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id, p.shaken = h.PeerID, true
}

// extend takes its extension handshake. Only the first one counts.
func (p *peer) extend(h extension.Handshake) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client = h.Client
}

// peerID is what its handshake says; zeros before that.
func (p *peer) peerID() [20]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

// name is the peer's client: as it calls itself, or by its peer id.
func (p *peer) name() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.client != "":
		return p.client
	case p.shaken:
		return clientOf(p.id)
	default:
		return ""
	}
}

// clientOf reads a peer id in the form of BEP 20: -AZ1234-. Any other is shown as far as it can be.
func clientOf(id [20]byte) string {
	shown := id[:8]
	if id[0] == '-' && id[7] == '-' {
		shown = id[1:7]
	}
	for _, b := range shown {
		if b <= ' ' || b > '~' {
			return fmt.Sprintf("%x", shown)
		}
	}
	return string(shown)
}

// progress is how much of the torrent the peer has, from 0 to 1.
func (p *peer) progress() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return float64(p.count) / float64(p.pieces)
}

// owned is the number of pieces that the peer has.
func (p *peer) owned() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// complete reports whether the peer has all pieces.
func (p *peer) complete() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count == p.pieces
}

// have notes that the peer has one piece more, and reports whether that is news.
func (p *peer) have(piece uint32) (news bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if int64(piece) >= int64(p.pieces) {
		return false, fmt.Errorf("have %d of %d: %w", piece, p.pieces, errOutOfRange)
	}
	if p.has == nil && p.count == 0 {
		p.has = make([]uint64, (p.pieces+63)/64)
	}
	if p.has == nil || p.has[piece/64]&(1<<(piece%64)) != 0 {
		return false, nil
	}
	p.has[piece/64] |= 1 << (piece % 64)
	p.count++
	return true, nil
}

// haveAll notes that the peer has every piece. Which they are need not be kept then.
func (p *peer) haveAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.has, p.count = nil, p.pieces
}

// haveThese takes a bitfield: a bit for each piece, the first one the highest of the first byte (BEP 3).
func (p *peer) haveThese(bitfield []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(bitfield) != (p.pieces+7)/8 {
		return fmt.Errorf("%w: %d bytes for %d pieces", errBitfield, len(bitfield), p.pieces)
	}
	if spare := len(bitfield)*8 - p.pieces; bitfield[len(bitfield)-1]&(1<<spare-1) != 0 {
		return fmt.Errorf("%w: bits behind the last piece are set", errBitfield)
	}
	p.has, p.count = make([]uint64, (p.pieces+63)/64), 0
	for i, b := range bitfield {
		p.has[i/8] |= uint64(bits.Reverse8(b)) << (i % 8 * 8)
		p.count += bits.OnesCount8(b)
	}
	return nil
}
