package wire_test

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"sixseed/seeder/wire"
)

// message returns a peer message (BEP 3): length prefix, id, body.
func message(id byte, body []byte) []byte {
	m := binary.BigEndian.AppendUint32(nil, uint32(1+len(body)))
	return append(append(m, id), body...)
}

// block returns a piece message with n bytes of data.
func block(n int) []byte { return message(7, make([]byte, 8+n)) }

var keepAlive = make([]byte, 4)

func TestPayloadMeter(t *testing.T) {
	t.Parallel()
	handshake := make([]byte, wire.HandshakeLength)
	for name, tc := range map[string]struct {
		messages [][]byte
		want     int64
	}{
		"HandshakeOnly":   {nil, 0},
		"OneBlock":        {[][]byte{block(16384)}, 16384},
		"BetweenOthers":   {[][]byte{message(5, make([]byte, 100)), keepAlive, block(10), message(1, nil), block(5)}, 15},
		"EmptyBlock":      {[][]byte{block(0), block(3)}, 3},
		"PieceTooShort":   {[][]byte{message(7, make([]byte, 4)), block(9)}, 9},
		"BlockLikeBytes":  {[][]byte{message(20, block(16384)), block(1)}, 1},
		"OnlyKeepAlives":  {[][]byte{keepAlive, keepAlive, keepAlive, block(2)}, 2},
		"OtherMessageIDs": {[][]byte{message(6, make([]byte, 12)), message(8, make([]byte, 12)), message(16, make([]byte, 12))}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := append([]byte(nil), handshake...)
			for _, m := range tc.messages {
				stream = append(stream, m...)
			}
			if got := wire.CountPayload(stream); got != tc.want {
				t.Errorf("in one portion: %d bytes, want %d", got, tc.want)
			}
			var bytewise [][]byte
			for i := range stream {
				bytewise = append(bytewise, stream[i:i+1])
			}
			if got := wire.CountPayload(bytewise...); got != tc.want {
				t.Errorf("byte by byte: %d bytes, want %d", got, tc.want)
			}
		})
	}
}

func TestPayloadMeter_AnyPortions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stream := make([]byte, wire.HandshakeLength)
		var want int64
		for range rapid.IntRange(0, 20).Draw(t, "messages") {
			n := rapid.IntRange(0, 300).Draw(t, "size")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				stream = append(stream, block(n)...)
				want += int64(n)
			case 1:
				stream = append(stream, message(byte(rapid.SampledFrom([]int{0, 4, 5, 20}).Draw(t, "id")), make([]byte, n))...)
			default:
				stream = append(stream, keepAlive...)
			}
		}
		var portions [][]byte
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "portion")
			portions = append(portions, stream[:n])
			stream = stream[n:]
		}
		if got := wire.CountPayload(portions...); got != want {
			t.Fatalf("counted %d bytes of block data, want %d", got, want)
		}
	})
}

func FuzzPayloadMeter(f *testing.F) {
	f.Add(append(make([]byte, wire.HandshakeLength), block(20)...), 3)
	f.Add(make([]byte, 200), 70)
	f.Add([]byte("\xff\xff\xff\xff\x07"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		whole := wire.CountPayload(stream)
		cut = max(0, min(cut, len(stream)))
		if parts := wire.CountPayload(stream[:cut], stream[cut:]); parts != whole {
			t.Errorf("%d bytes in two portions, %d in one", parts, whole)
		}
		if whole < 0 || whole > int64(len(stream)) {
			t.Errorf("%d bytes of data in a stream of %d", whole, len(stream))
		}
	})
}
