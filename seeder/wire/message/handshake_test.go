package message_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sixseed/seeder/wire/message"
)

// wrongLength is how an error says that something has not the length that it must have.
func wrongLength(what string, got, want int) string {
	return fmt.Sprintf("parse %s: %d bytes, want %d", what, got, want)
}

func TestParseHandshake(t *testing.T) {
	t.Parallel()
	bytes := []byte("\x13BitTorrent protocol" + "\x00\x00\x00\x00\x00\x10\x00\x05" +
		strings.Repeat("i", 20) + "-XX1234-abcdefghijkl")
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		h, err := message.ParseHandshake(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if string(h.InfoHash[:]) != strings.Repeat("i", 20) || string(h.PeerID[:]) != "-XX1234-abcdefghijkl" {
			t.Errorf("info-hash %q, peer id %q", h.InfoHash, h.PeerID)
		}
		if got := h.Append([]byte("before")); string(got) != "before"+string(bytes) {
			t.Errorf("appended as %q", got)
		}
	})
	t.Run("WrongLength", func(t *testing.T) {
		t.Parallel()
		for _, b := range [][]byte{nil, bytes[:67], append(bytes[:68:68], 0)} {
			_, err := message.ParseHandshake(b)
			if want := wrongLength("handshake", len(b), 68); err == nil || err.Error() != want {
				t.Errorf("%d bytes: %v, want %q", len(b), err, want)
			}
		}
	})
	t.Run("AnotherProtocol", func(t *testing.T) {
		t.Parallel()
		for i := range 20 {
			other := []byte(string(bytes))
			other[i] ^= 0x20
			if _, err := message.ParseHandshake(other); !errors.Is(err, message.ErrNoHandshake) {
				t.Errorf("%q: %v", other[:20], err)
			}
		}
	})
}

func TestHandshake_Extensions(t *testing.T) {
	t.Parallel()
	for bit := range 64 {
		var h message.Handshake
		h.Reserved[bit/8] = 0x80 >> (bit % 8)
		// BEP 10 counts its bit from the right, as the 20th; BEP 6 names 0x04 in the last byte.
		if got, want := h.Extended(), bit == 63-20; got != want {
			t.Errorf("%x: extended %v", h.Reserved, got)
		}
		if got, want := h.Fast(), bit == 63-2; got != want {
			t.Errorf("%x: fast %v", h.Reserved, got)
		}
	}
}
