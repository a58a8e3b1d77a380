package mse

import (
	"crypto/rc4"
	"crypto/sha1"
	"errors"
	"fmt"
	"math/big"
)

const (
	keySize     = 96 // of a public key and of the secret, in bytes
	privateSize = 20 // of a private key, in bytes; longer ones are not believed to hide more
	hashSize    = sha1.Size

	// skipped is how many bytes of the key stream are thrown away. The first ones tell too much about an RC4 key.
	skipped = 1024
)

// The group of the key exchange. The prime is a safe one: (prime-1)/2 is prime too.
var (
	generator = big.NewInt(2)
	prime     = new(big.Int).SetBytes([]byte{
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc9, 0x0f, 0xda, 0xa2, 0x21, 0x68, 0xc2, 0x34,
		0xc4, 0xc6, 0x62, 0x8b, 0x80, 0xdc, 0x1c, 0xd1, 0x29, 0x02, 0x4e, 0x08, 0x8a, 0x67, 0xcc, 0x74,
		0x02, 0x0b, 0xbe, 0xa6, 0x3b, 0x13, 0x9b, 0x22, 0x51, 0x4a, 0x08, 0x79, 0x8e, 0x34, 0x04, 0xdd,
		0xef, 0x95, 0x19, 0xb3, 0xcd, 0x3a, 0x43, 0x1b, 0x30, 0x2b, 0x0a, 0x6d, 0xf2, 0x5f, 0x14, 0x37,
		0x4f, 0xe1, 0x35, 0x6d, 0x6d, 0x51, 0xc2, 0x45, 0xe4, 0x85, 0xb5, 0x76, 0x62, 0x5e, 0x7e, 0xc6,
		0xf4, 0x4c, 0x42, 0xe9, 0xa6, 0x3a, 0x36, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x05, 0x63,
	})
	lastKey = new(big.Int).Sub(prime, big.NewInt(1))
)

// privateKey is our secret part of one key exchange.
type privateKey struct{ exponent *big.Int }

func newPrivateKey(random func([]byte)) privateKey {
	var b [privateSize]byte
	random(b[:])
	return privateKey{new(big.Int).SetBytes(b[:])}
}

// public returns the key that the peer is told.
func (k privateKey) public() (public [keySize]byte) {
	new(big.Int).Exp(generator, k.exponent, prime).FillBytes(public[:])
	return public
}

// secret returns what both sides know once they have each other's public key.
func (k privateKey) secret(peer *big.Int) (s secret) {
	new(big.Int).Exp(peer, k.exponent, prime).FillBytes(s[:])
	return s
}

// parsePublicKey refuses keys with which the secret would be the same whatever our private key is, or one of two: 0, 1
// and prime-1. All others have powers beyond number, because the prime is a safe one.
func parsePublicKey(b []byte) (*big.Int, error) {
	key := new(big.Int).SetBytes(b)
	switch {
	case key.BitLen() <= 1:
		return nil, fmt.Errorf("public key is %d", key)
	case key.Cmp(lastKey) >= 0:
		return nil, errors.New("public key is not below prime-1")
	}
	return key, nil
}

// secret is S of the specification.
type secret [keySize]byte

// mark is what tells the end of PadA.
func (s *secret) mark() [hashSize]byte { return hash("req1", s[:]) }

// veil turns a torrent's key into what is sent of it, and back.
func (s *secret) veil(k Key) Key {
	for i, mask := range hash("req3", s[:]) {
		k[i] ^= mask
	}
	return k
}

// ciphers returns the key streams from the initiator to the receiver, and back.
func (s *secret) ciphers(infoHash [20]byte) (there, back *rc4.Cipher, err error) {
	if there, err = s.cipher("keyA", infoHash); err != nil {
		return nil, nil, err
	}
	back, err = s.cipher("keyB", infoHash)
	return there, back, err
}

func (s *secret) cipher(label string, infoHash [20]byte) (*rc4.Cipher, error) {
	key := hash(label, s[:], infoHash[:])
	c, err := rc4.NewCipher(key[:])
	if err != nil { // Go's FIPS mode has no RC4
		return nil, fmt.Errorf("start RC4: %w", err)
	}
	var waste [skipped]byte
	c.XORKeyStream(waste[:], waste[:])
	return c, nil
}

// hash is HASH of the specification.
func hash(label string, parts ...[]byte) [hashSize]byte {
	var room [4 + keySize + 20]byte // the most that is ever hashed
	b := append(room[:0], label...)
	for _, part := range parts {
		b = append(b, part...)
	}
	return sha1.Sum(b)
}
