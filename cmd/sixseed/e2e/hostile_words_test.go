package e2e_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sixseed/seeder/wire/message"
)

// words are what a villain says.
type words func(*villain) []byte

func text(s string) words { return func(*villain) []byte { return []byte(s) } }

func noise(length int) words { return func(*villain) []byte { return random(length) } }

func tell(id message.ID, body string) words {
	return text(string(message.Append(nil, id, []byte(body)...)))
}

func index(id message.ID, piece uint32) words {
	return text(string(message.AppendIndex(nil, id, piece)))
}

func request(piece, begin, length uint32) words {
	b := message.Block{Piece: piece, Begin: begin, Length: length}
	return text(string(message.AppendBlock(nil, message.Request, b)))
}

// block names the first block of the torrent.
func block(id message.ID) words {
	return text(string(message.AppendBlock(nil, id, message.Block{Length: blockLength})))
}

func extended(id byte, body string) words { return tell(message.Extended, string([]byte{id})+body) }

// bitfield is that of a peer that has nothing, but for the bits of last, and more bytes than it should be.
func bitfield(more int, last byte) words {
	return func(v *villain) []byte {
		bits := make([]byte, int(v.pieces()+7)/8+more)
		if len(bits) > 0 {
			bits[len(bits)-1] = last
		}
		return message.Append(nil, message.Bitfield, bits...)
	}
}

func join(all ...words) words {
	return func(v *villain) (b []byte) {
		for _, w := range all {
			b = append(b, w(v)...)
		}
		return b
	}
}

func times(n int, w words) words { return join(slices.Repeat([]words{w}, n)...) }

// nobodies are addresses of this machine where nobody listens.
func nobodies(n int) []netip.AddrPort {
	addresses := make([]netip.AddrPort, n)
	for i := range addresses {
		addresses[i] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 66, byte(i >> 8), byte(i)}), 1)
	}
	return addresses
}

// pexOf is a message of peer exchange that names peers (BEP 11).
func pexOf(peers ...netip.AddrPort) string {
	var four, six []byte
	for _, peer := range peers {
		list := &four
		if peer.Addr().Is6() {
			list = &six
		}
		*list = binary.BigEndian.AppendUint16(append(*list, peer.Addr().AsSlice()...), peer.Port())
	}
	return fmt.Sprintf("d5:added%d:%s6:added6%d:%se", len(four), four, len(six), six)
}

// opens sends the first bytes of a connection.
func opens(w words) func(*villain) error { return sends(w) }

// says shakes hands and sends messages.
func says(w words) func(*villain) error { return shaken(sends(w)) }

// floods shakes hands and sends messages again and again.
func floods(w words) func(*villain) error { return shaken(endless(w)) }

func sends(w words) func(*villain) error {
	return func(v *villain) error {
		_, err := v.Write(w(v))
		return err
	}
}

// endless sends messages again and again, for as long as it may.
func endless(w words) func(*villain) error {
	const portion = 32 << 10
	return func(v *villain) error {
		once := w(v)
		many := []byte(strings.Repeat(string(once), portion/len(once)+1))
		for {
			if _, err := v.Write(many); err != nil {
				return err
			}
		}
	}
}

func shaken(then func(*villain) error) func(*villain) error {
	return func(v *villain) error {
		if err := v.shake(v.handshake()); err != nil {
			return err
		}
		return then(v)
	}
}

// shakenAs shakes hands and is interested, with a handshake of its own.
func shakenAs(own words) func(*villain) error {
	return func(v *villain) error {
		if err := v.shake(own(v)); err != nil {
			return err
		}
		return v.unchoke()
	}
}

func unchoked(then func(*villain) error) func(*villain) error {
	return shaken(func(v *villain) error {
		if err := v.unchoke(); err != nil {
			return err
		}
		return then(v)
	})
}

func encrypted(then func(*villain) error) func(*villain) error {
	return func(v *villain) error {
		if err := v.encrypt(); err != nil {
			return err
		}
		return then(v)
	}
}

// requests asks for so many blocks, from the first one on and again from there.
func (v *villain) requests(count int) (b []byte) {
	perPiece := uint32(v.PieceLength / blockLength)
	whole := uint32(v.Length()/v.PieceLength) * perPiece
	for i := range uint32(count) {
		n := i % whole
		b = message.AppendBlock(b, message.Request, message.Block{
			Piece: n / perPiece, Begin: n % perPiece * blockLength, Length: blockLength,
		})
	}
	return b
}

// drip sends the first bytes one at a time, for a second.
func (v *villain) drip(b []byte) error {
	for i := range 10 {
		if _, err := v.Write(b[i : i+1]); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}
