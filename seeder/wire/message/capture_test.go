package message_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/message"
)

// captures returns what real clients sent to a seed that never unchoked them, each from its handshake on, by name of
// the file. They came from 192.0.2.0/24 with a torrent of 40 pieces; those called magnet did not have its info
// dictionary.
func captures(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("testdata/*.stream")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("%d captures, %v", len(paths), err)
	}
	streams := make(map[string][]byte)
	for _, path := range paths {
		stream, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		streams[strings.TrimSuffix(filepath.Base(path), ".stream")] = stream
	}
	return streams
}

func TestCaptures(t *testing.T) {
	t.Parallel()
	streams := captures(t)
	for name, tc := range map[string]struct {
		peerID   string
		fast     bool
		messages []string
	}{
		"aria2-1.36.0": {"A2-1-36-0-", true, slices.Concat(
			[]string{"extended", "have none"}, slices.Repeat([]string{"allowed fast"}, 10), []string{"interested", "extended"},
		)},
		"aria2-1.36.0-magnet": {"A2-1-36-0-", true, []string{"extended", "extended", "extended"}},
		"libtorrent-2.0.8": {"-LT2080-", true, []string{
			"extended", "have none", "interested", "extended", "extended",
		}},
		"libtorrent-2.0.8-magnet": {"-LT2080-", true, []string{"extended", "extended", "extended", "extended"}},
		"rtorrent-0.9.8":          {"-lt0D80-", false, []string{"extended", "keep-alive", "keep-alive"}},
		"rtorrent-0.9.8-magnet":   {"-lt0D80-", false, []string{"extended", "keep-alive", "keep-alive"}},
		"transmission-3.00": {"-TR3000-", true, []string{
			"extended", "have none", "extended", "interested", "extended",
		}},
		"transmission-3.00-magnet": {"-TR3000-", true, []string{
			"extended", "have none", "extended", "extended", "extended", "interested", "extended", "extended",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := streams[name]
			h, err := message.ParseHandshake(stream[:message.HandshakeLength])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(h.PeerID[:]), tc.peerID) || h.Fast() != tc.fast || !h.Extended() {
				t.Errorf("peer id %q, fast %v, extended %v", h.PeerID, h.Fast(), h.Extended())
			}
			var messages []string
			var frames message.Frames
			err = frames.Feed(stream[message.HandshakeLength:], upTo(1000), func(f message.Frame) error {
				messages = append(messages, describe(f))
				return nil
			})
			if diff := cmp.Diff(tc.messages, messages); diff != "" || err != nil {
				t.Errorf("%v; messages (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestAllowedFastSet_AsAria2 takes another implementation of BEP 6 for a second opinion.
func TestAllowedFastSet_AsAria2(t *testing.T) {
	t.Parallel()
	stream := captures(t)["aria2-1.36.0"]
	h, err := message.ParseHandshake(stream[:message.HandshakeLength])
	if err != nil {
		t.Fatal(err)
	}
	var want []uint32
	var frames message.Frames
	err = frames.Feed(stream[message.HandshakeLength:], upTo(1000), func(f message.Frame) error {
		if f.ID() != message.AllowedFast {
			return nil
		}
		piece, err := message.ParseIndex(f.Body())
		want = append(want, piece)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := message.AllowedFastSet(netip.MustParseAddr("192.0.2.1"), h.InfoHash, 40, 10)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pieces (-aria2 +ours):\n%s", diff)
	}
}

func describe(f message.Frame) string {
	if f.KeepAlive() {
		return "keep-alive"
	}
	return fmt.Sprint(f.ID())
}
