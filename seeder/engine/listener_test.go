package engine_test

import (
	"io"
	"slices"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
)

// A peer can be there before the daemon has opened all that it needs. It takes the race detector to see that the client
// does not take it up before it has all listeners. So that nothing hides the race, nothing else that takes the client's
// lock happens meanwhile: only the first listener has a peer, and there are no dialers.
func TestEngine_ConnectWhileAPeerWaits(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			s, r := newUnconnected(t), newRelease(t, nil)
			listeners := s.listen(t)
			if listeners[0].Family() != f {
				slices.Reverse(listeners)
			}
			p := dial(t, f, s.ports.Get(f))
			s.Connect(listeners, nil)
			s.unchokeAll(t)
			s.add(t, r.Torrent)
			p.shake(r.InfoHash)
			if _, err := io.ReadFull(p, make([]byte, message.HandshakeLength)); err != nil {
				t.Fatalf("read handshake: %v", err)
			}
			r.download(p)
		})
	}
}

// A daemon whose start breaks off closes an engine that never had anything to accept.
func TestEngine_CloseBeforeConnect(t *testing.T) {
	t.Parallel()
	if err := newUnconnected(t).Close(); err != nil {
		t.Error(err)
	}
}
