package mse

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Initiate begins a handshake with a peer that we connected to, for the torrent with the given info-hash. payload is
// the beginning of our stream and goes along encrypted; it is not changed. It can be as long as a BitTorrent handshake,
// 68 bytes: widespread clients close the connection on more. offer is the methods that the peer may choose from. A
// Transmission before 4.1 that prefers plain chooses it and then loses track of the stream; RC4 alone it understands.
//
// It returns the stream that follows. A peer that does not have the torrent closes the connection without a word, as
// does one that speaks no MSE.
func Initiate(rw io.ReadWriter, infoHash [20]byte, payload []byte, offer Method) (Stream, error) {
	return newHandshake(rw, nil).initiate(infoHash, payload, offer)
}

func (h *handshake) initiate(infoHash [20]byte, payload []byte, offer Method) (Stream, error) {
	switch {
	case offer == 0 || offer&^(Plain|RC4) != 0:
		return Stream{}, fmt.Errorf("cannot offer method %v", offer)
	case len(payload) > greetingSize:
		return Stream{}, fmt.Errorf("initial payload of %d bytes is longer than %d", len(payload), greetingSize)
	}
	if err := h.exchangeKeys(); err != nil {
		return Stream{}, err
	}
	var err error
	if h.out, h.in, err = h.secret.ciphers(infoHash); err != nil {
		return Stream{}, err
	}
	if err := h.sendOffer(infoHash, payload, offer); err != nil {
		return Stream{}, err
	}
	chosen, err := h.readChoice(offer)
	if err != nil {
		return Stream{}, err
	}
	return h.stream(chosen, nil), nil
}

func (h *handshake) exchangeKeys() error {
	private := newPrivateKey(h.random)
	if err := h.sendPublicKey(private); err != nil {
		return err
	}
	peer, err := h.readPublicKey()
	if err != nil {
		return err
	}
	h.secret = private.secret(peer)
	return nil
}

// sendOffer sends what names the torrent, which methods we offer, and the payload.
func (h *handshake) sendOffer(infoHash [20]byte, payload []byte, offer Method) error {
	mark, veiled := h.secret.mark(), h.secret.veil(KeyOf(infoHash))
	b := make([]byte, 0, maxHandshake)
	b = append(append(b, mark[:]...), veiled[:]...)
	open := len(b)
	b = h.appendMethods(b, offer)
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload))) //nolint:gosec // no more than greetingSize
	b = append(b, payload...)
	h.out.XORKeyStream(b[open:], b[open:])
	if _, err := h.outbox.Write(b); err != nil {
		return fmt.Errorf("send offered methods: %w", err)
	}
	return nil
}

// readChoice reads the method that the peer chose. Its encrypted VC marks the end of the padding behind its key.
func (h *handshake) readChoice(offer Method) (Method, error) {
	var mark [vcSize]byte
	h.in.XORKeyStream(mark[:], mark[:])
	if err := h.synchronize(mark[:]); err != nil {
		return 0, err
	}
	chosen, pad, err := h.readMethods()
	if err != nil {
		return 0, err
	}
	if !chosen.pickedFrom(offer) {
		return 0, fmt.Errorf("%w: peer chose %v of %v", ErrNoMethod, chosen, offer)
	}
	return chosen, h.readPadding(pad)
}
