package message_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

func TestID_String(t *testing.T) {
	t.Parallel()
	for id, want := range map[message.ID]string{
		0: "choke", 1: "unchoke", 2: "interested", 3: "not interested", 4: "have", 5: "bitfield", 6: "request", 7: "piece",
		8: "cancel", 9: "port", 10: "message 10", 13: "suggest piece", 14: "have all", 15: "have none",
		16: "reject request", 17: "allowed fast", 20: "extended", 21: "hash request", 22: "hashes", 23: "hash reject",
		24: "message 24", 255: "message 255",
	} {
		if got := id.String(); got != want {
			t.Errorf("id %d is %q, want %q", uint8(id), got, want)
		}
	}
}

// TestAppend compares with the bytes that the BEPs give.
func TestAppend(t *testing.T) {
	t.Parallel()
	block := message.Block{Piece: 0x01020304, Begin: 0x4000, Length: 0x3fff}
	for name, tc := range map[string]struct {
		got  []byte
		want string
	}{
		"KeepAlive":   {message.AppendKeepAlive(nil), "\x00\x00\x00\x00"},
		"NoBody":      {message.Append(nil, message.Unchoke), "\x00\x00\x00\x01\x01"},
		"Body":        {message.Append(nil, message.Extended, 0, 'd', 'e'), "\x00\x00\x00\x04\x14\x00de"},
		"AfterOthers": {message.Append([]byte("before"), message.Choke), "before\x00\x00\x00\x01\x00"},
		"Request": {
			message.AppendBlock(nil, message.Request, block),
			"\x00\x00\x00\x0d\x06\x01\x02\x03\x04\x00\x00\x40\x00\x00\x00\x3f\xff",
		},
		"AllowedFast": {message.AppendIndex(nil, message.AllowedFast, 0x10203), "\x00\x00\x00\x05\x11\x00\x01\x02\x03"},
		"PieceHeader": {
			message.AppendPieceHeader(nil, block),
			"\x00\x00\x40\x08\x07\x01\x02\x03\x04\x00\x00\x40\x00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, string(tc.got)); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
		})
	}
	if got := len(message.AppendPieceHeader(nil, block)); got != message.PieceHeaderLength {
		t.Errorf("a piece header has %d bytes, not %d", got, message.PieceHeaderLength)
	}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	t.Run("KeepAlive", func(t *testing.T) {
		t.Parallel()
		if f := message.Frame(message.AppendKeepAlive(nil)); !f.KeepAlive() || len(f.Body()) != 0 {
			t.Errorf("%x: keep-alive %v, body %x", []byte(f), f.KeepAlive(), f.Body())
		}
	})
	t.Run("NoBody", func(t *testing.T) {
		t.Parallel()
		f := message.Frame(message.Append(nil, message.HaveAll))
		if f.KeepAlive() || f.ID() != message.HaveAll || len(f.Body()) != 0 {
			t.Errorf("%x: keep-alive %v, %v, body %x", []byte(f), f.KeepAlive(), f.ID(), f.Body())
		}
	})
	t.Run("Body", func(t *testing.T) {
		t.Parallel()
		f := message.Frame(message.Append(nil, message.Bitfield, 0xf0, 0x0f))
		if f.KeepAlive() || f.ID() != message.Bitfield || string(f.Body()) != "\xf0\x0f" {
			t.Errorf("%x: keep-alive %v, %v, body %x", []byte(f), f.KeepAlive(), f.ID(), f.Body())
		}
	})
}

func TestParseBlock(t *testing.T) {
	t.Parallel()
	t.Run("ReadsWhatWasAppended", rapid.MakeCheck(func(t *rapid.T) {
		want := message.Block{
			Piece:  rapid.Uint32().Draw(t, "piece"),
			Begin:  rapid.Uint32().Draw(t, "begin"),
			Length: rapid.Uint32().Draw(t, "length"),
		}
		id := rapid.SampledFrom([]message.ID{message.Request, message.Cancel, message.RejectRequest}).Draw(t, "id")
		frame := message.Frame(message.AppendBlock(nil, id, want))
		if got, err := message.ParseBlock(frame.Body()); err != nil || got != want || frame.ID() != id {
			t.Fatalf("%v %+v, %v; want %v %+v", frame.ID(), got, err, id, want)
		}
	}))
	for _, length := range []int{0, 11, 13} {
		_, err := message.ParseBlock(make([]byte, length))
		if want := wrongLength("block", length, 12); err == nil || err.Error() != want {
			t.Errorf("%d bytes: %v, want %q", length, err, want)
		}
	}
}

func TestParseIndex(t *testing.T) {
	t.Parallel()
	t.Run("ReadsWhatWasAppended", rapid.MakeCheck(func(t *rapid.T) {
		want := rapid.Uint32().Draw(t, "piece")
		frame := message.Frame(message.AppendIndex(nil, message.Have, want))
		if got, err := message.ParseIndex(frame.Body()); err != nil || got != want || frame.ID() != message.Have {
			t.Fatalf("%v %d, %v; want have %d", frame.ID(), got, err, want)
		}
	}))
	for _, length := range []int{0, 3, 5} {
		_, err := message.ParseIndex(make([]byte, length))
		if want := wrongLength("piece index", length, 4); err == nil || err.Error() != want {
			t.Errorf("%d bytes: %v, want %q", length, err, want)
		}
	}
}
