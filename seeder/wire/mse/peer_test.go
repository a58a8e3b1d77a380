package mse_test

import (
	"bytes"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"math/big"

	"sixseed/seeder/wire/mse"
)

// The specification's prime, once more.
const primeInHex = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDE" +
	"F9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563"

var (
	prime, _   = new(big.Int).SetString(primeInHex, 16)
	seeded     = [20]byte([]byte("info-hash of a torre")) // the one torrent that there is
	greeting   = []byte("\x13BitTorrent protocol and, up to 68 bytes, the rest of a handshake...")
	testSecret = new(big.Int).Exp(big.NewInt(2), big.NewInt(ourPrivate*theirPrivate), prime).FillBytes(make([]byte, 96))
)

// Private keys in these tests are small numbers, so that a handshake costs microseconds.
const (
	ourPrivate   = 251
	theirPrivate = 241
)

// drawing returns randomness for our side: the private key above, and paddings of the length given.
func drawing(pad int) func([]byte) {
	return func(b []byte) {
		switch len(b) {
		case 20:
			b[19] = ourPrivate
		case 2:
			binary.BigEndian.PutUint16(b, uint16(pad))
		default:
			copy(b, bytes.Repeat([]byte{0xdb}, len(b)))
		}
	}
}

// publicKey returns the key that belongs to a small private one.
func publicKey(private int64) []byte {
	return new(big.Int).Exp(big.NewInt(2), big.NewInt(private), prime).FillBytes(make([]byte, 96))
}

func digest(parts ...[]byte) []byte {
	sum := sha1.Sum(bytes.Join(parts, nil))
	return sum[:]
}

// keyStream is the one from A to B ("keyA") or back ("keyB").
func keyStream(label string) *rc4.Cipher {
	c, err := rc4.NewCipher(digest([]byte(label), testSecret, seeded[:]))
	if err != nil {
		panic(err)
	}
	c.XORKeyStream(make([]byte, 1024), make([]byte, 1024))
	return c
}

func encrypted(c *rc4.Cipher, plain ...[]byte) []byte {
	b := bytes.Join(plain, nil)
	c.XORKeyStream(b, b)
	return b
}

// syncMark is what A sends behind PadA.
func syncMark() []byte { return digest([]byte("req1"), testSecret) }

// veiledKey is what A sends behind the mark.
func veiledKey(infoHash [20]byte) []byte {
	b := digest([]byte("req2"), infoHash[:])
	for i, mask := range digest([]byte("req3"), testSecret) {
		b[i] ^= mask
	}
	return b
}

// settlement is the plain text of VC, methods, and a padding.
func settlement(methods mse.Method, pad int) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 8), uint32(methods))
	b = binary.BigEndian.AppendUint16(b, uint16(pad))
	return append(b, make([]byte, pad)...)
}

// payload is the plain text of len(IA) and IA.
func payload(ia []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(ia))), ia...)
}

// script is a peer that says its lines one by one: the next one when all of the one before has been read. It hears
// what is written to it.
type script struct {
	lines [][]byte
	most  int // bytes it says at a time; 0: a whole line
	said  int
	heard bytes.Buffer
}

// initiating is a script of A, its last line encrypted from plain.
func initiating(padA int, plain ...[]byte) *script {
	return &script{lines: [][]byte{
		append(publicKey(theirPrivate), make([]byte, padA)...),
		append(append(syncMark(), veiledKey(seeded)...), encrypted(keyStream("keyA"), plain...)...),
	}}
}

// receiving is a script of B.
func receiving(padB int, plain ...[]byte) *script {
	return &script{lines: [][]byte{
		append(publicKey(theirPrivate), make([]byte, padB)...),
		encrypted(keyStream("keyB"), plain...),
	}}
}

func (s *script) Write(b []byte) (int, error) { return s.heard.Write(b) }

func (s *script) Read(b []byte) (int, error) {
	for len(s.lines) > 0 && len(s.lines[0]) == 0 {
		s.lines = s.lines[1:]
	}
	if len(s.lines) == 0 {
		return 0, io.EOF
	}
	if s.most > 0 {
		b = b[:min(len(b), s.most)]
	}
	n := copy(b, s.lines[0])
	s.lines[0] = s.lines[0][n:]
	s.said += n
	return n, nil
}

// cutAt is the script broken off after n bytes.
func (s *script) cutAt(n int) *script {
	cut := &script{}
	for _, line := range s.lines {
		line = line[:min(n, len(line))]
		cut.lines = append(cut.lines, line)
		n -= len(line)
	}
	return cut
}

func (s *script) length() (n int) {
	for _, line := range s.lines {
		n += len(line)
	}
	return n
}

// find knows the one torrent.
func find(k mse.Key) ([20]byte, bool) {
	if k == mse.KeyOf(seeded) {
		return seeded, true
	}
	return [20]byte{}, false
}

// prefer returns a choice that takes the first of its methods that is offered.
func prefer(methods ...mse.Method) func(mse.Method) mse.Method {
	return func(offered mse.Method) mse.Method {
		for _, m := range methods {
			if m&offered != 0 {
				return m
			}
		}
		return 0
	}
}
