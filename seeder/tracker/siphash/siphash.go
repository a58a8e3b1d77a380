// Package siphash is SipHash-2-4, a keyed hash made for short messages (Aumasson and Bernstein, 2012): nobody without
// the key can tell the sum of one message, whatever sums of others he has seen. It takes a fifth of HMAC-SHA256's time.
//
// All that the tracker hashes is, or is filled up to be, 24 bytes long, and so that is the one length there is.
package siphash

import (
	"encoding/binary"
	"math/bits"
)

// Size is the length of a message in bytes.
const Size = 24

// Hash is SipHash under one key.
type Hash struct{ k0, k1 uint64 }

// New returns the hash under key, which has to be random and kept secret.
func New(key [16]byte) Hash {
	return Hash{binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])}
}

// Sum returns the sum of message.
func (h Hash) Sum(message [Size]byte) uint64 {
	a, b := h.k0^0x736f6d6570736575, h.k1^0x646f72616e646f6d
	c, d := h.k0^0x6c7967656e657261, h.k1^0x7465646279746573
	words := [...]uint64{
		binary.LittleEndian.Uint64(message[:]),
		binary.LittleEndian.Uint64(message[8:]),
		binary.LittleEndian.Uint64(message[16:]),
		Size << 56, // the last word ends with the length
	}
	for _, word := range words {
		d ^= word
		a, b, c, d = round(a, b, c, d)
		a, b, c, d = round(a, b, c, d)
		a ^= word
	}
	c ^= 0xff
	for range 4 {
		a, b, c, d = round(a, b, c, d)
	}
	return a ^ b ^ c ^ d
}

func round(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	a += b
	c += d
	b = bits.RotateLeft64(b, 13) ^ a
	d = bits.RotateLeft64(d, 16) ^ c
	a = bits.RotateLeft64(a, 32) + d
	c += b
	b = bits.RotateLeft64(b, 17) ^ c
	d = bits.RotateLeft64(d, 21) ^ a
	return a, b, bits.RotateLeft64(c, 32), d
}
