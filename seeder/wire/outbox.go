package wire

import (
	"net/netip"

	"sixseed/seeder/wire/extension"
	"sixseed/seeder/wire/message"
)

// outbox is what the client says, on its way to the peer.
type outbox struct {
	opening int // bytes of the client's handshake that have gone; it goes as it is
	frames  message.Frames
	passed  []byte
	begun   bool // its word on the pieces that we have is out
}

// relay sends what the client says, as far as that is the client's to say. It reports whether the client has just said
// which pieces there are: nothing but extension messages may go before (BEP 3, BEP 6).
func (c *Conn) relay(b []byte) (begun bool, err error) {
	c.out.Lock()
	defer c.out.Unlock()
	o := &c.outbox
	before := o.begun
	n := min(message.HandshakeLength-o.opening, len(b))
	o.opening += n
	o.passed = append(o.passed[:0], b[:n]...)
	if err := o.frames.Feed(b[n:], anyLength, c.speak); err != nil {
		return false, err
	}
	n, err = c.writePlain(o.passed)
	c.count(Traffic{Overhead: int64(n)})
	if cap(o.passed) > keptPassed {
		o.passed = nil
	}
	return o.begun && !before, err
}

// anyLength trusts the client.
func anyLength(message.ID) int { return 1 << 30 }

// speak passes on one message of the client's. Choking, and blocks, are not its business.
func (c *Conn) speak(frame message.Frame) error {
	o := &c.outbox
	if frame.KeepAlive() {
		o.passed = append(o.passed, frame...)
		return nil
	}
	switch frame.ID() {
	case message.Choke, message.Unchoke, message.Piece, message.RejectRequest, message.AllowedFast:
		return nil
	case message.Bitfield, message.HaveAll, message.HaveNone:
		o.begun = true
	case message.Extended:
		if body := frame.Body(); len(body) > 0 && body[0] == 0 {
			own, err := extension.Rewrite(body[1:], c.own())
			o.passed = message.Append(o.passed, message.Extended, append([]byte{0}, own...)...)
			return err
		}
	default:
	}
	o.passed = append(o.passed, frame...)
	return nil
}

// own is what our extension handshake says that the client cannot know.
func (c *Conn) own() extension.Own {
	own := extension.Own{
		Requests:   queueDepth,
		UploadOnly: true,
		Encryption: c.endpoint.Encryption() == EncryptionRequire,
	}
	local, err := netip.ParseAddrPort(c.socket.LocalAddr().String())
	if addr := local.Addr().Unmap().WithZone(""); err == nil && addr.IsGlobalUnicast() && !addr.IsPrivate() {
		if addr.Is4() {
			own.IPv4 = addr
		} else {
			own.IPv6 = addr
		}
	}
	return own
}

// allowedFast is how many pieces a peer may ask for before it has an upload slot, so that it has something to trade.
// Who has as many already needs no start.
const allowedFast = 5

// open begins with messages of our own, now that the client has said its first words.
func (c *Conn) open() {
	var pieces []uint32
	if c.peer.owned() < allowedFast {
		pieces = message.AllowedFastSet(c.remote.Addr(), c.torrent.InfoHash, c.torrent.Pieces(), allowedFast)
	}
	c.upload.open(pieces)
}
