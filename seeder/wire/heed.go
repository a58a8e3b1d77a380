package wire

import (
	"errors"
	"fmt"
	"time"

	"sixseed/seeder/wire/extension"
	"sixseed/seeder/wire/message"
)

// Reasons for hanging up on a peer.
var (
	errFlood    = errors.New("sends too much of what is of no use")
	errUnread   = errors.New("does not read our answers")
	errComplete = errors.New("has everything")
)

// longestIgnored is how long, in bytes, a message may be that nobody looks at.
const longestIgnored = 16 << 10

// limit is how long a message of a kind may be, id and body. A seed asks for no pieces, so it takes none.
func (c *Conn) limit(id message.ID) int {
	switch id {
	case message.Choke, message.Unchoke, message.Interested, message.NotInterested, message.HaveAll, message.HaveNone:
		return 1
	case message.Have, message.SuggestPiece, message.AllowedFast:
		return 5
	case message.Request, message.Cancel, message.RejectRequest:
		return 13
	case message.Port:
		return 3
	case message.Bitfield:
		return 1 + (c.torrent.Pieces()+7)/8
	case message.HashRequest:
		return 49
	case message.Extended:
		return 2 + extension.MaxLength
	case message.Piece:
		return -1
	default:
		return longestIgnored
	}
}

// heed deals with one message of the peer's. What the client need not know of ends here: the client believes peers more
// than is good for it.
func (c *Conn) heed(frame message.Frame) error {
	if frame.KeepAlive() {
		return c.indulge(ignored)
	}
	v, err := c.answer(frame)
	if err != nil {
		return because(ReasonProtocol, fmt.Errorf("%v: %w", frame.ID(), err))
	}
	if err := c.indulge(v); err != nil {
		return err
	}
	if frame.ID() != message.Request && c.peer.complete() && !c.upload.isInterested() {
		return because(ReasonComplete, errComplete)
	}
	return nil
}

func (c *Conn) answer(frame message.Frame) (verdict, error) {
	switch id, body := frame.ID(), frame.Body(); id {
	case message.Interested, message.NotInterested:
		if !c.upload.setInterested(id == message.Interested) {
			return ignored, nil
		}
		c.inbox.pass(frame)
		return ignored, nil // who wavers is soon too much
	case message.Request, message.Cancel:
		return c.answerBlock(id, body)
	case message.Have:
		return c.answerHave(body)
	case message.Bitfield:
		return ignored, c.peer.haveThese(body)
	case message.HaveAll:
		c.peer.haveAll()
		return ignored, nil
	case message.HashRequest:
		return c.upload.say(message.HashReject, body...), nil
	case message.Extended:
		return c.answerExtended(body)
	default: // of no concern to a seed
		return ignored, nil
	}
}

func (c *Conn) answerBlock(id message.ID, body []byte) (verdict, error) {
	block, err := message.ParseBlock(body)
	switch {
	case err != nil:
		return ignored, err
	case id == message.Cancel:
		return c.upload.cancel(block), nil
	default:
		return c.upload.request(block), nil
	}
}

func (c *Conn) answerHave(body []byte) (verdict, error) {
	piece, err := message.ParseIndex(body)
	if err != nil {
		return ignored, err
	}
	news, err := c.peer.have(piece)
	if news {
		return heeded, err
	}
	return ignored, err
}

// answerExtended passes on what concerns the client of the extension protocol, in words of our own.
func (c *Conn) answerExtended(body []byte) (verdict, error) {
	if len(body) == 0 {
		return ignored, errors.New("without an id")
	}
	switch id, body := body[0], body[1:]; id {
	case 0:
		return ignored, c.passHandshake(body)
	case extension.MetadataID:
		return c.passMetadataRequest(body)
	case extension.PEXID:
		clean, err := extension.CleanPEX(body)
		if clean != nil && c.endpoint.Now().Sub(c.inbox.pexPassed) >= pexInterval {
			c.inbox.pexPassed = c.endpoint.Now()
			c.inbox.pass(message.Append(nil, message.Extended, append([]byte{id}, clean...)...))
		}
		return ignored, err
	default: // nothing that we have offered
		return ignored, nil
	}
}

// passHandshake passes on the first extension handshake. BEP 10 allows more, to take back what was offered; nothing that
// we use.
func (c *Conn) passHandshake(body []byte) error {
	if c.inbox.extended {
		return nil
	}
	h, err := extension.ParseHandshake(body)
	if err != nil {
		return err
	}
	c.inbox.extended = true
	c.inbox.metadataID = h.Metadata
	c.peer.extend(h)
	c.inbox.pass(message.Append(nil, message.Extended, h.Append([]byte{0})...))
	return nil
}

// passMetadataRequest lets the client answer as often as a peer can have use for: each answer is a block of data that
// nobody counts as one. What is not there, and more, is rejected (BEP 9).
func (c *Conn) passMetadataRequest(body []byte) (verdict, error) {
	piece, ok, err := extension.ParseMetadataRequest(body)
	if err != nil || !ok {
		return ignored, err
	}
	pieces := (c.torrent.InfoLength + metadataPiece - 1) / metadataPiece
	if piece >= pieces || c.inbox.metadata >= metadataTries*pieces {
		if c.inbox.metadataID == 0 {
			return ignored, nil
		}
		reject := extension.AppendMetadataReject([]byte{c.inbox.metadataID}, piece)
		return c.upload.say(message.Extended, reject...), nil
	}
	c.inbox.metadata++
	request := extension.AppendMetadataRequest([]byte{extension.MetadataID}, piece)
	c.inbox.pass(message.Append(nil, message.Extended, request...))
	return ignored, nil
}

// pexInterval is the least between two PEX messages that the client gets. BEP 11 has peers send one a minute; the client
// hangs up on those who are quicker.
const pexInterval = time.Minute

const (
	metadataPiece = 16 << 10 // bytes of a piece of an info dictionary (BEP 9)
	metadataTries = 3        // how often a peer may have the whole
)

// pass puts a message into what the client reads.
func (in *inbox) pass(frame message.Frame) { in.passed = append(in.passed, frame...) }

// A peer has this much patience with us, and we with it: useless messages at once, and a second.
const (
	patience         = 4000
	patiencePerMilli = 0.5
)

// indulge counts messages that were of no use. A peer may send many at a time, cancelling what it asked for or asking
// while it is choked, but not for ever.
func (c *Conn) indulge(v verdict) error {
	switch v {
	case heeded:
		return nil
	case unbounded:
		return because(ReasonFlood, errUnread)
	default:
	}
	c.inbox.useless++
	if c.inbox.useless < patience {
		return nil
	}
	now := c.endpoint.Now()
	forgiven := float64(now.Sub(c.inbox.uselessSince)) / float64(time.Millisecond) * patiencePerMilli
	c.inbox.useless = max(0, c.inbox.useless-int(forgiven))
	c.inbox.uselessSince = now
	if c.inbox.useless >= patience {
		return because(ReasonFlood, errFlood)
	}
	return nil
}
