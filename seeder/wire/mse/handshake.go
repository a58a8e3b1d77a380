package mse

import (
	"crypto/rand"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
)

// Sizes of a handshake's parts, in bytes.
const (
	maxPad       = 512 // of each of the four paddings
	vcSize       = 8
	methodsSize  = 4
	lengthSize   = 2  // of the length of a padding, and of IA
	greetingSize = 68 // of a BitTorrent handshake (BEP 3), which is the usual IA

	// maxHandshake is the most that one side sends, up to the end of the usual IA.
	maxHandshake = keySize + maxPad + // Ya, PadA
		2*hashSize + vcSize + methodsSize + lengthSize + maxPad + lengthSize + greetingSize
)

// handshake is one side of a handshake that is going on.
type handshake struct {
	inbox
	outbox  io.Writer
	random  func([]byte) // fills what it is given
	secret  secret
	in, out *rc4.Cipher
}

func newHandshake(rw io.ReadWriter, head []byte) *handshake {
	return &handshake{inbox: inbox{head: head, peer: rw}, outbox: rw, random: random}
}

func random(b []byte) { _, _ = rand.Read(b) } // it never returns an error

// sendPublicKey sends our part of the key exchange.
func (h *handshake) sendPublicKey(k privateKey) error {
	public := k.public()
	b := append(make([]byte, 0, keySize+maxPad), public[:]...)
	b = b[:keySize+h.padLength()]
	h.random(b[keySize:])
	if _, err := h.outbox.Write(b); err != nil {
		return fmt.Errorf("send public key: %w", err)
	}
	return nil
}

// readPublicKey reads the peer's part of the key exchange, but for the padding.
func (h *handshake) readPublicKey() (*big.Int, error) {
	b, err := h.take(keySize)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	return parsePublicKey(b)
}

// decrypt returns the next n bytes in plain text.
func (h *handshake) decrypt(n int) ([]byte, error) {
	b, err := h.take(n)
	if err != nil {
		return nil, err
	}
	h.in.XORKeyStream(b, b)
	return b, nil
}

// readMethods reads what follows a VC, but for the padding, and returns the padding's length.
func (h *handshake) readMethods() (m Method, pad int, err error) {
	b, err := h.decrypt(methodsSize + lengthSize)
	if err != nil {
		return 0, 0, fmt.Errorf("read methods: %w", err)
	}
	if pad = int(binary.BigEndian.Uint16(b[methodsSize:])); pad > maxPad {
		return 0, 0, fmt.Errorf("padding of %d bytes is longer than %d", pad, maxPad)
	}
	return Method(binary.BigEndian.Uint32(b)), pad, nil
}

// readPadding reads one whose length is known.
func (h *handshake) readPadding(length int) error {
	if _, err := h.decrypt(length); err != nil {
		return fmt.Errorf("read padding: %w", err)
	}
	return nil
}

// appendMethods appends a VC, methods and a padding, to be encrypted. Only the padding's length hides something.
func (h *handshake) appendMethods(b []byte, m Method) []byte {
	pad := h.padLength()
	b = append(b, make([]byte, vcSize)...)
	b = binary.BigEndian.AppendUint32(b, uint32(m))
	b = binary.BigEndian.AppendUint16(b, uint16(pad)) //nolint:gosec // no more than maxPad
	return append(b, make([]byte, pad)...)
}

// padLength draws the length of a padding.
func (h *handshake) padLength() int {
	var b [2]byte
	h.random(b[:])
	return int(binary.BigEndian.Uint16(b[:])) % (maxPad + 1)
}

// stream returns what goes on after the handshake. Its head is initial, and what was read of the stream already.
func (h *handshake) stream(m Method, initial []byte) Stream {
	head := h.rest(initial)
	if m == Plain {
		return Stream{Method: m, Head: head}
	}
	early := head[len(initial):]
	h.in.XORKeyStream(early, early)
	return Stream{Method: m, Head: head, In: h.in, Out: h.out}
}
