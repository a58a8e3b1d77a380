package mse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxReceived is the longest IA that is taken, in bytes. Clients send their BitTorrent handshake; there may be some
// that send their first messages with it.
const maxReceived = 4 << 10

// Receive answers the handshake of a peer that connected to us. head is what was read from it already; it is not
// changed. find maps a torrent's key to its info-hash. choose picks one of the methods that the peer offers, or 0 if it
// wants none of them.
//
// It returns the stream that follows, and the info-hash that the peer came for. [ErrUnknownTorrent] and [ErrNoMethod]
// mean what they say; all other errors are a peer that does not speak the protocol, or a connection that broke.
func Receive(
	rw io.ReadWriter, head []byte, find func(Key) (infoHash [20]byte, ok bool), choose func(offered Method) Method,
) (Stream, [20]byte, error) {
	return newHandshake(rw, head).receive(find, choose)
}

func (h *handshake) receive(
	find func(Key) ([20]byte, bool), choose func(Method) Method,
) (Stream, [20]byte, error) {
	infoHash, err := h.identify(find)
	if err != nil {
		return Stream{}, [20]byte{}, err
	}
	stream, err := h.answer(choose)
	if err != nil {
		return Stream{}, [20]byte{}, err
	}
	return stream, infoHash, nil
}

// identify exchanges keys, finds out which torrent the peer came for, and starts the ciphers.
func (h *handshake) identify(find func(Key) ([20]byte, bool)) (infoHash [20]byte, err error) {
	peer, err := h.readPublicKey()
	if err != nil {
		return infoHash, err
	}
	private := newPrivateKey(h.random)
	if err := h.sendPublicKey(private); err != nil {
		return infoHash, err
	}
	h.secret = private.secret(peer) // while the peer works out its own
	infoHash, err = h.readTorrent(find)
	if err != nil {
		return infoHash, err
	}
	h.in, h.out, err = h.secret.ciphers(infoHash)
	return infoHash, err
}

// readTorrent reads what names the torrent. It is the torrent's key xor something that both sides know, so it takes
// one look-up, and not a hash for every torrent that there is.
func (h *handshake) readTorrent(find func(Key) ([20]byte, bool)) (infoHash [20]byte, err error) {
	mark := h.secret.mark()
	if err := h.synchronize(mark[:]); err != nil {
		return infoHash, err
	}
	veiled, err := h.take(hashSize)
	if err != nil {
		return infoHash, fmt.Errorf("read torrent's key: %w", err)
	}
	key := h.secret.veil(Key(veiled))
	infoHash, ok := find(key)
	if !ok {
		return infoHash, fmt.Errorf("%w: key %x", ErrUnknownTorrent, key)
	}
	return infoHash, nil
}

// answer reads the peer's offer and its initial payload, and sends our choice.
func (h *handshake) answer(choose func(Method) Method) (Stream, error) {
	chosen, err := h.readOffer(choose)
	if err != nil {
		return Stream{}, err
	}
	initial, err := h.readInitial()
	if err != nil {
		return Stream{}, err
	}
	b := h.appendMethods(nil, chosen)
	h.out.XORKeyStream(b, b)
	if _, err := h.outbox.Write(b); err != nil {
		return Stream{}, fmt.Errorf("send chosen method: %w", err)
	}
	return h.stream(chosen, initial), nil
}

// readOffer reads which methods the peer offers, and chooses.
func (h *handshake) readOffer(choose func(Method) Method) (Method, error) {
	vc, err := h.decrypt(vcSize)
	if err != nil {
		return 0, fmt.Errorf("read verification constant: %w", err)
	}
	if [vcSize]byte(vc) != [vcSize]byte{} {
		return 0, errors.New("verification constant is not zero")
	}
	offered, pad, err := h.readMethods()
	if err != nil {
		return 0, err
	}
	chosen := choose(offered)
	if !chosen.pickedFrom(offered) {
		return 0, fmt.Errorf("%w: peer offers %v", ErrNoMethod, offered)
	}
	return chosen, h.readPadding(pad)
}

// readInitial reads IA.
func (h *handshake) readInitial() ([]byte, error) {
	b, err := h.decrypt(lengthSize)
	if err != nil {
		return nil, fmt.Errorf("read length of initial payload: %w", err)
	}
	length := binary.BigEndian.Uint16(b)
	if length > maxReceived {
		return nil, fmt.Errorf("initial payload of %d bytes is longer than %d", length, maxReceived)
	}
	initial := make([]byte, length)
	if err := h.fill(initial); err != nil {
		return nil, fmt.Errorf("read initial payload: %w", err)
	}
	h.in.XORKeyStream(initial, initial)
	return initial, nil
}
